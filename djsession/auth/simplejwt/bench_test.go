package simplejwt_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/simplejwt"
)

// BenchmarkUser is a good token's check, with users in memory.
func BenchmarkUser(b *testing.B) {
	scheme, err := simplejwt.New(key, &simplejwt.Options{Now: func() time.Time { return now }})
	if err != nil {
		b.Fatal(err)
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims()).SignedString([]byte(key))
	if err != nil {
		b.Fatal(err)
	}
	login := auth.New(someUsers{}, key, nil)
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := scheme.User(r, login); err != nil {
			b.Fatal(err)
		}
	}
}
