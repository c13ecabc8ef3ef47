package interop

import (
	"context"
	_ "embed"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/auth/tokens"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/signing"
)

//go:embed resets.py
var resetsPy string

// resetUsers are those of a site: id is the place in the list, from one.
var resetUsers = []struct {
	name, email string
	login       time.Time
}{
	{"never logged in", "a@x.example", time.Time{}},
	{"a login in winter", "b@x.example", time.Date(2026, 2, 3, 4, 5, 6, 789000000, time.UTC)},
	{"a login in the hour that comes twice", "", time.Date(2025, 11, 2, 6, 30, 0, 0, time.UTC)},
	{"ünïcödé", "ключ@почта.example", time.Date(2025, 7, 31, 23, 59, 59, 999999000, time.UTC)},
}

// A reset site is a Django and Go over one database.
type resetSite struct {
	dj    *testenv.Django
	users *dbusers.Users
	store *dbstore.Store
	opts  tokens.Options
}

type link struct {
	UID   string `json:"uid"`
	Token string `json:"token"`
}

// TestResetLinksBothWays: each Django follows links that Go made, to the new
// password, and Go follows Django's, under each setting of the clock that a
// site may have; also for generators of the site's own.
func TestResetLinksBothWays(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		for _, clock := range []struct {
			name     string
			useTZ    bool
			zone     string
			database string // the zone that its times are in
		}{
			{"UTC", true, "UTC", "UTC"},
			{"New York", true, "America/New_York", "UTC"},
			{"New York without USE_TZ", false, "America/New_York", "America/New_York"},
			{"Kolkata without USE_TZ", false, "Asia/Kolkata", "Asia/Kolkata"},
			{"a database with a TIME_ZONE", true, "America/New_York", "Asia/Kolkata"},
		} {
			t.Run(clock.name, func(t *testing.T) {
				site := newResetSite(t, dj, clock.useTZ, clock.zone, clock.database)
				site.tradeTokens(t)
				site.tradeLinks(t)
			})
		}
	})
}

// TestResetKeys has Django and Go accept tokens of before: under a fallback
// key, and under SHA-1 while a site moves to Django 4.
func TestResetKeys(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		site := newResetSite(t, dj, true, "UTC", "UTC")
		old := site.make(t)
		if dj.AtLeast(4, 1) {
			fallback := testenv.Settings{"SECRET_KEY": "a new secret key", "SECRET_KEY_FALLBACKS": []string{secret}}
			if good := (&resetSite{dj: site.dj.With(fallback)}).check(t, old); !allGood(good, len(old)) {
				t.Errorf("fallback: Django says %v", good)
			}
			opts := site.opts
			opts.Fallbacks = []string{secret}
			site.accepts(t, "a new secret key", opts, old)
		}
		if dj.AtLeast(3, 1) && !dj.AtLeast(4, 0) {
			sha1 := *site
			sha1.dj, sha1.opts.Algorithm = site.dj.With(testenv.Settings{"DEFAULT_HASHING_ALGORITHM": "sha1"}), signing.SHA1
			sha1.tradeTokens(t)
			site.accepts(t, secret, site.opts, sha1.make(t)) // by AcceptSHA1

			days := site.opts
			days.Days = true
			withoutEmail := map[string]link{"reset 3": goLink(t, tokens.New(secret, &days), site.user(t, "3"))}
			if good := site.check(t, withoutEmail); !allGood(good, 1) {
				t.Errorf("a token of Django 3.0: Django says %v", good)
			}
			site.accepts(t, secret, site.opts, withoutEmail)
		}
	})
}

func newResetSite(t *testing.T, dj *testenv.Django, useTZ bool, siteZone, databaseZone string) *resetSite {
	local, err := time.LoadLocation(siteZone)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := time.LoadLocation(databaseZone)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 1, 3, 30, 45, 678000000, time.UTC) // yet February in New York
	clock := func() time.Time { return now }
	db := testenv.SQLite(t)
	conn, dialect := dbtest.Open(t, db)
	site := &resetSite{opts: tokens.Options{TimeZone: local, Now: clock, AcceptSHA1: !dj.AtLeast(4, 0), Days: !dj.AtLeast(3, 1)}}
	userOptions := &dbusers.Options{}
	if stored != time.UTC {
		userOptions.Local, site.opts.LastLoginZone = stored, stored
	}
	if useTZ && stored != time.UTC {
		db.Settings["TIME_ZONE"] = databaseZone
	}
	site.dj = dj.On(t, db).At(now).With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": useTZ, "TIME_ZONE": siteZone, "ROOT_URLCONF": "reset_urls",
		"PASSWORD_HASHERS": []string{"django.contrib.auth.hashers.MD5PasswordHasher"}})
	site.dj.Migrate(t)
	site.users = dbusers.New(conn, dialect, userOptions)
	t.Cleanup(func() { site.users.Close() })
	site.store = storeFor(t, dj, db, userOptions.Local, clock)
	var list [][]any
	for _, u := range resetUsers {
		row := []any{u.name, u.email, 0}
		if !u.login.IsZero() {
			row[2] = u.login.UnixMicro()
		}
		list = append(list, row)
	}
	site.dj.Run(t, resetsPy+"\ncreate(**args)\n", map[string]any{"users": list}, nil)
	return site
}

func (s *resetSite) make(t *testing.T) (made map[string]link) {
	t.Helper()
	s.dj.Run(t, resetsPy+"\nresult = make()\n", nil, &made)
	return made
}

func (s *resetSite) check(t *testing.T, made map[string]link) (good map[string]bool) {
	t.Helper()
	s.dj.Run(t, resetsPy+"\nresult = check(**args)\n", map[string]any{"made": made}, &good)
	return good
}

func allGood(good map[string]bool, count int) bool {
	return len(good) == count && !slices.Contains(slices.Collect(maps.Values(good)), false)
}

func (s *resetSite) user(t *testing.T, id string) *auth.User {
	t.Helper()
	u, err := s.users.UserByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// generators are those of resets.py.
func generators(key string, opts tokens.Options) map[string]*tokens.Generator {
	verify, extended := opts, opts
	verify.KeySalt = "accounts.tokens.VerifyEmail"
	verify.Value = func(u *auth.User, timestamp int64, _ string) []any {
		return []any{u.ID, timestamp, u.IsActive, u.Email}
	}
	extended.Value = func(u *auth.User, _ int64, inherited string) []any { return []any{inherited, u.FirstName} }
	return map[string]*tokens.Generator{"reset": tokens.New(key, &opts), "verify": tokens.New(key, &verify), "extended": tokens.New(key, &extended)}
}

func goLink(t *testing.T, g *tokens.Generator, u *auth.User) link {
	t.Helper()
	token, err := g.Make(u)
	if err != nil {
		t.Fatal(err)
	}
	return link{tokens.EncodeUID(u.ID), token}
}

// tradeTokens compares what both sides make, and makes each check the other's.
func (s *resetSite) tradeTokens(t *testing.T) {
	t.Helper()
	theirs, ours := s.make(t), make(map[string]link)
	for kind, g := range generators(secret, s.opts) {
		for id := range theirs {
			if of, pk, _ := strings.Cut(id, " "); of == kind {
				ours[id] = goLink(t, g, s.user(t, pk))
			}
		}
	}
	if !maps.Equal(theirs, ours) || len(ours) != 3*len(resetUsers) {
		t.Errorf("Django made %v\nGo made %v", theirs, ours)
	}
	if good := s.check(t, ours); !allGood(good, len(ours)) {
		t.Errorf("Django says %v", good)
	}
	s.accepts(t, secret, s.opts, theirs)
}

// accepts checks that Go accepts tokens, each of its user and no other.
func (s *resetSite) accepts(t *testing.T, key string, opts tokens.Options, made map[string]link) {
	t.Helper()
	all := generators(key, opts)
	for name, made := range made {
		kind, pk, _ := strings.Cut(name, " ")
		if err := all[kind].Check(s.user(t, pk), made.Token); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if kind != "verify" && all["verify"].Check(s.user(t, pk), made.Token) == nil {
			t.Errorf("%s is one of a generator with another salt", name)
		}
		for id := range resetUsers {
			if other := string(rune('1' + id)); other != pk && all[kind].Check(s.user(t, other), made.Token) == nil {
				t.Errorf("%s is one of user %s", name, other)
			}
		}
	}
}

// A page is what a browser sees at a link.
type page struct {
	Status        int
	To, Says, Key string
	Names         []string
}

func (s *resetSite) visit(t *testing.T, path, key, password string) (p page) {
	t.Helper()
	s.dj.Run(t, resetsPy+"\nresult = visit(**args)\n", map[string]any{"path": path, "key": key, "password": password}, &p)
	return p
}

// tradeLinks goes the way of a reset with the link of one side and the form of
// the other, in one session.
func (s *resetSite) tradeLinks(t *testing.T) {
	ctx := t.Context()
	g := tokens.New(secret, &s.opts)
	open := func(key string) *djsession.Session {
		session, err := djsession.NewManager(s.store, &djsession.Options{Now: s.opts.Now}).Open(ctx, key)
		if err != nil {
			t.Fatal(err)
		}
		return session
	}

	// Go made the link, Django's page parks it, and Go's form takes it.
	l := goLink(t, g, s.user(t, "2"))
	p := s.visit(t, "/reset/"+l.UID+"/"+l.Token+"/", "", "")
	if p.Status != 302 || !strings.HasSuffix(p.To, "/reset/"+l.UID+"/set-password/") || !slices.Equal(p.Names, []string{"_password_reset_token"}) {
		t.Fatalf("Django follows Go's link: %+v", p)
	}
	if form := s.visit(t, "/reset/"+l.UID+"/set-password/", p.Key, ""); form.Says != "form" {
		t.Errorf("Django's form: %+v", form)
	}
	u, redirect, err := g.Confirm(ctx, s.users, open(p.Key), l.UID, "set-password")
	if err != nil || redirect || u.ID != "2" {
		t.Fatalf("Go's form with Django's session: %v, %v, %v", u, redirect, err)
	}
	// Django's form takes the password, and the link is used up on both sides.
	if done := s.visit(t, "/reset/"+l.UID+"/set-password/", p.Key, "a very new password"); done.Status != 302 || len(done.Names) != 0 {
		t.Errorf("Django takes the password: %+v", done)
	}
	if err := g.Check(s.user(t, "2"), l.Token); !errors.Is(err, tokens.ErrInvalid) {
		t.Errorf("used up: %v", err)
	}
	if again := s.visit(t, "/reset/"+l.UID+"/"+l.Token+"/", "", ""); again.Says != "invalid" {
		t.Errorf("used up: %+v", again)
	}

	// Django made the link, Go's page parks it, and Django's form shows it.
	made := s.make(t)["reset 4"]
	session := open(p.Key)
	u, redirect, err = g.Confirm(ctx, s.users, session, made.UID, made.Token)
	if err != nil || !redirect || u.ID != "4" {
		t.Fatalf("Go follows Django's link: %v, %v, %v", u, redirect, err)
	}
	if err := session.Save(ctx); err != nil {
		t.Fatal(err)
	}
	if form := s.visit(t, "/reset/"+made.UID+"/set-password/", session.Key(), ""); form.Says != "form" {
		t.Errorf("Django's form with Go's session: %+v", form)
	}
	// Go takes the password.
	session = open(session.Key())
	if u, _, err = g.Confirm(ctx, s.users, session, made.UID, "set-password"); err != nil {
		t.Fatal(err)
	}
	s.setPassword(ctx, t, u)
	g.Done(session)
	if err := session.Save(ctx); err != nil {
		t.Fatal(err)
	}
	if form := s.visit(t, "/reset/"+made.UID+"/set-password/", session.Key(), ""); form.Says != "invalid" || len(form.Names) != 0 {
		t.Errorf("used up by Go: %+v", form)
	}
	if good := s.check(t, map[string]link{"reset 4": made}); good["reset 4"] {
		t.Error("Django accepts what Go has used up")
	}
}

func (s *resetSite) setPassword(ctx context.Context, t *testing.T, u *auth.User) {
	t.Helper()
	if err := s.users.SetPassword(ctx, u, "md5$s$another"); err != nil {
		t.Fatal(err)
	}
}

// TestUsersByEmailLikeDjango has Go and each Django's form find the same users
// to send a link to.
func TestUsersByEmailLikeDjango(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		s := newResetSite(t, dj, true, "UTC", "UTC")
		s.dj.Run(t, `
			from django.contrib.auth.models import User
			User.objects.filter(pk=1).update(email="Alice@X.example")
			User.objects.filter(pk=2).update(email="alice@x.example", is_active=False)
			User.objects.filter(pk=3).update(email="aliçe@x.example", password="!unusable")
			User.objects.create(pk=5, username="two", email="alice@x.EXAMPLE", password="md5$s$x")
			User.objects.create(pk=6, username="percent", email="a%e@x.example", password="md5$s$x")
			User.objects.create(pk=7, username="dotless", email="m\u0131ke@x.example", password="md5$s$x")
			User.objects.create(pk=8, username="mike", email="mike@x.example", password="md5$s$x")
			User.objects.create(pk=9, username="none", email="", password="md5$s$x")
		`, nil, nil)
		addresses := []string{"alice@x.example", "ALICE@X.EXAMPLE", "Alice@X.example", "aliçe@x.example", "a%e@x.example", "%", "_lice@x.example", "a%@x.example",
			"mike@x.example", "MIKE@x.example", "m\u0131ke@x.example", "M\u0130KE@x.example", "nobody@x.example", "ключ@почта.example", "КЛЮЧ@почта.example",
			"alice@x.example ", "\u212aey@x.example", "' OR 1=1"}
		var theirs map[string][]string
		var ids map[string][]int
		s.dj.Run(t, resetsPy+"\nresult = found(**args)\n", map[string]any{"addresses": addresses}, &ids)
		theirs = make(map[string][]string)
		for address, list := range ids {
			for _, id := range list {
				theirs[address] = append(theirs[address], strconv.Itoa(id))
			}
		}
		for _, address := range addresses {
			users, err := s.users.UsersByEmail(t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			var ours []string
			for _, u := range users {
				ours = append(ours, u.ID)
			}
			slices.Sort(ours)
			if !slices.Equal(ours, theirs[address]) {
				t.Errorf("%q: Go finds %v, Django %v", address, ours, theirs[address])
			}
		}
		if len(theirs["alice@x.example"]) != 2 {
			t.Errorf("Django finds %v", theirs)
		}
	})
}
