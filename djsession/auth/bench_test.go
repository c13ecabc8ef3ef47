package auth_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
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

// TestAllocations bounds the garbage of a question that is asked at each request: the user, and the test's own copy of it.
func TestAllocations(t *testing.T) {
	users := someUsers()
	alice := users.users["1"]
	session := djsession.NewManager(nil, nil).New()
	a := auth.New(&oneUser{users.users["1"]}, secret, nil)
	session.Set("_auth_user_id", "1")
	session.Set("_auth_user_backend", auth.ModelBackend)
	session.Set("_auth_user_hash", a.SessionHash(&alice))
	n := testing.AllocsPerRun(100, func() {
		if _, err := a.User(t.Context(), session); err != nil {
			t.Fatal(err)
		}
	})
	if n > 2 { // the user and the memory of its permissions
		t.Errorf("%v allocations", n)
	}
}
