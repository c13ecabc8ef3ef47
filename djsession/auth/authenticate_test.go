package auth_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

func TestAuthenticate(t *testing.T) {
	for _, c := range []struct {
		reason, name, password string
		opts                   auth.Options
		want                   string // id
		upgrades               int
		makes                  int
		nobodies               int
	}{
		{reason: "right", name: "alice", password: "alice's", want: "1"},
		{reason: "wrong", name: "alice", password: "bob's"},
		{reason: "empty", name: "alice"},
		{reason: "nobody takes as long as somebody", name: "mallory", password: "x", nobodies: 1},
		{reason: "no name", password: "x", nobodies: 1},
		{reason: "inactive", name: "dave", password: "dave's"},
		{reason: "inactive, where they may", name: "dave", password: "dave's", opts: auth.Options{Backends: []string{auth.AllowAllUsersBackend}}, want: "3"},
		{reason: "no password at all", name: "eve", password: ""},
		{reason: "an old hash stays", name: "bob", password: "bob's", want: "2"},
		{reason: "an old hash is replaced if asked", name: "bob", password: "bob's", opts: auth.Options{UpgradePasswords: true}, want: "2", upgrades: 1, makes: 1},
		{reason: "a wrong password replaces nothing", name: "bob", password: "x", opts: auth.Options{UpgradePasswords: true}},
		{reason: "a megabyte", name: "alice", password: strings.Repeat("x", 1<<20)},
	} {
		users, passwords := someUsers(), new(plainPasswords)
		c.opts.Passwords = passwords
		s := newSite(users, &c.opts)
		u, err := s.auth.Authenticate(t.Context(), c.name, c.password)
		if c.want == "" {
			if u != nil || err != auth.ErrInvalidLogin || errors.Is(err, auth.ErrNotLoggedIn) {
				t.Errorf("%s: got %v, %v", c.reason, u, err)
			}
		} else if err != nil || u.ID != c.want || u.Backend == "" {
			t.Errorf("%s: got %v, %v", c.reason, u, err)
		}
		if passwords.checks+passwords.nobodies != 1 || passwords.nobodies != c.nobodies || passwords.makes != c.makes || len(users.upgrades) != c.upgrades {
			t.Errorf("%s: %+v, upgrades %v", c.reason, *passwords, users.upgrades)
		}
		if c.upgrades > 0 && (fmt.Sprint(users.upgrades) != "[2 old$bob's -> new$bob's]" || string(u.Password) != "new$bob's") {
			t.Errorf("%s: upgrades %v, password %s", c.reason, users.upgrades, string(u.Password))
		}
	}
}

// TestAuthenticateTwiceAtOnce: of two logins that replace an old hash, as after
// two clicks, one is too late with its own. Its session must have the hash of
// what is stored, or it would be flushed at the next request. A password that
// was changed meanwhile is no password any more.
func TestAuthenticateTwiceAtOnce(t *testing.T) {
	for _, c := range []struct {
		reason, meanwhile, want string // the password column
		err                     error
	}{
		{reason: "the other login's hash", meanwhile: "new$bob's ", want: "new$bob's "},
		{reason: "another password", meanwhile: "new$alice's", err: auth.ErrInvalidLogin},
		{reason: "rubbish", meanwhile: "rubbish", err: errRubbish},
		{reason: "deleted", err: auth.ErrInvalidLogin},
	} {
		users := someUsers()
		users.quicker = func() {
			bob := users.users["2"]
			bob.Password = auth.EncodedPassword(c.meanwhile)
			if users.users["2"] = bob; c.meanwhile == "" {
				delete(users.users, "2")
			}
		}
		s := newSite(users, &auth.Options{Passwords: saltedPasswords{new(plainPasswords)}, UpgradePasswords: true})
		u, err := s.auth.Authenticate(t.Context(), "bob", "bob's")
		if !errors.Is(err, c.err) || (err == nil) != (u != nil) {
			t.Errorf("%s: got %v, %v", c.reason, u, err)
		}
		if err != nil || u == nil {
			continue
		}
		session := s.sessions.New()
		if err := s.auth.Login(t.Context(), session, u); err != nil {
			t.Fatal(err)
		}
		if found, err := s.auth.User(t.Context(), session); err != nil || found.ID != "2" || string(u.Password) != c.want {
			t.Errorf("%s: at the next request it is %v, %v", c.reason, found, err)
		}
	}
}

// saltedPasswords have any number of blanks at the end of a hash.
type saltedPasswords struct{ *plainPasswords }

func (p saltedPasswords) Check(password, encoded string) (ok, mustUpdate bool, err error) {
	return p.plainPasswords.Check(password, strings.TrimRight(encoded, " "))
}

// TestAuthenticateCannot tells what is missing from a wrong password.
func TestAuthenticateCannot(t *testing.T) {
	users := someUsers()
	opts := &auth.Options{Passwords: new(plainPasswords), UpgradePasswords: true}
	users.fail = djsession.ErrUnavailable
	onlyIDs := struct{ auth.UserFinder }{someUsers()}
	for reason, a := range map[string]*auth.Auth{
		"the database is down":    auth.New(users, secret, opts),
		"no secret key":           auth.New(someUsers(), "", opts),
		"no hasher":               auth.New(someUsers(), secret, nil),
		"users that have no name": auth.New(onlyIDs, secret, opts),
	} {
		if u, err := a.Authenticate(t.Context(), "bob", "bob's"); u != nil || err == nil || errors.Is(err, auth.ErrInvalidLogin) || errors.Is(err, auth.ErrNotLoggedIn) {
			t.Errorf("%s: got %v, %v", reason, u, err)
		}
	}
	if u, err := auth.New(someUsers(), secret, opts).Authenticate(t.Context(), "frank", ""); u != nil || err != errRubbish {
		t.Errorf("a hash that cannot be checked: got %v, %v", u, err)
	}
	// Where hashes cannot be replaced, a login is still one.
	readOnly := struct {
		auth.UserFinder
		auth.NameFinder
	}{someUsers(), someUsers()}
	if u, err := auth.New(readOnly, secret, opts).Authenticate(t.Context(), "bob", "bob's"); err != nil || string(u.Password) != "old$bob's" {
		t.Errorf("got %v, %v", u, err)
	}
}
