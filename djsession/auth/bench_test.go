package auth_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkUser is what [auth.Auth.User] costs once session and user are there.
func BenchmarkUser(b *testing.B) {
	s := newSite(someUsers(), nil)
	alice := s.users.users["1"]
	session := s.sessions.New()
	if err := s.auth.Login(b.Context(), session, &alice); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.auth.User(b.Context(), session); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHandler is what a request pays that never asks who it is.
func BenchmarkHandler(b *testing.B) {
	s := newSite(someUsers(), nil)
	h := s.auth.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	r := httptest.NewRequest("GET", "/", nil)
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(nil, r)
	}
}
