package tokens_test

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/tokens"
	"github.com/djsession/djsession-go/signing"
)

// A vector is a token that a real Django made at 12:30:45 of its own wall clock
// on 2026-03-01.
type vector struct {
	django, zone, algorithm, login, email, uid, token string
}

func vectors(t testing.TB) (all []vector) {
	t.Helper()
	file, err := os.Open("testdata/vectors.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var v vector
		fields := []any{&v.django, &v.zone, &v.algorithm, &v.login, &v.email, &v.uid, &v.token}
		if err := json.Unmarshal(lines.Bytes(), &fields); err != nil || len(fields) != 7 {
			t.Fatal(err, lines.Text())
		}
		all = append(all, v)
	}
	return all
}

func (v vector) user(t testing.TB) *auth.User {
	u := &auth.User{ID: "42", Username: "alice", Password: "pbkdf2_sha256$1$s$h", Email: v.email}
	if v.login != "None" {
		login, err := time.Parse("2006-01-02 15:04:05.999999Z07:00", v.login)
		if err != nil {
			t.Fatal(err)
		}
		u.LastLogin = login
	}
	return u
}

// options are those of the vector's Django, with its clock.
func (v vector) options(t testing.TB) *tokens.Options {
	zone, err := time.LoadLocation(v.zone)
	if err != nil {
		t.Fatal(err)
	}
	opts := &tokens.Options{TimeZone: zone}
	opts.Now = func() time.Time { return time.Date(2026, 3, 1, 12, 30, 45, 678000, zone) }
	switch {
	case strings.HasPrefix(v.django, "1.") || strings.HasPrefix(v.django, "2."):
		opts.Days = true
	case v.algorithm == "sha1":
		opts.Algorithm = signing.SHA1
	}
	return opts
}

// TestVectors makes and accepts every token that the real Djangos made.
func TestVectors(t *testing.T) {
	all := vectors(t)
	if len(all) != 52 {
		t.Fatalf("%d vectors, not 52", len(all))
	}
	for _, v := range all {
		g, u := tokens.New("reset-secret", v.options(t)), v.user(t)
		if got, err := g.Make(u); got != v.token || err != nil {
			t.Errorf("%+v: made %s, %v", v, got, err)
		}
		if err := g.Check(u, v.token); err != nil {
			t.Errorf("%+v: %v", v, err)
		}
		if got := tokens.EncodeUID(u.ID); got != v.uid {
			t.Errorf("%+v: uid %s", v, got)
		}
		if id, ok := tokens.DecodeUID(v.uid); id != u.ID || !ok {
			t.Errorf("%+v: id %s, %v", v, id, ok)
		}
	}
}
