package interop

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// A guardSite is a Django with the packages that guard logins and let staff act
// as users, and Go over the same database.
type guardSite struct {
	dj    *testenv.Django
	store *dbstore.Store
	auth  *auth.Auth
	users *dbusers.Users
}

func newGuardSite(t *testing.T) *guardSite {
	dj := testenv.GetDjango(t, "5.2")
	dj.Needs(t, "django_otp", "hijack", "impersonate", "allauth", "fido2")
	dir, err := filepath.Abs("guardsite")
	if err != nil {
		t.Fatal(err)
	}
	db := testenv.SQLite(t)
	dj = dj.Own(t, testenv.Settings{
		"SECRET_KEY": secret, "ROOT_URLCONF": "guards", "PYTHONPATH": []string{dir}, "USE_TZ": true, "SITE_ID": 1,
		"INSTALLED_APPS": []string{"django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
			"django_otp", "django_otp.plugins.otp_totp", "django_otp.plugins.otp_static", "hijack", "impersonate",
			"allauth", "allauth.account", "allauth.mfa"},
		"MIDDLEWARE": []string{"django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
			"django.contrib.messages.middleware.MessageMiddleware", "django_otp.middleware.OTPMiddleware", "hijack.middleware.HijackUserMiddleware",
			"impersonate.middleware.ImpersonateMiddleware", "allauth.account.middleware.AccountMiddleware"},
		"AUTHENTICATION_BACKENDS": []string{auth.ModelBackend, "allauth.account.auth_backends.AuthenticationBackend"},
		"TEMPLATES": []any{map[string]any{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": true,
			"OPTIONS": map[string]any{"context_processors": []string{"django.template.context_processors.request",
				"django.contrib.auth.context_processors.auth", "django.contrib.messages.context_processors.messages"}}}},
		"ACCOUNT_EMAIL_VERIFICATION": "none",
		"ACCOUNT_RATE_LIMITS":        false,
		"PASSWORD_HASHERS":           []string{"django.contrib.auth.hashers.MD5PasswordHasher"},
	}).On(t, db)
	dj.Migrate(t)
	dj.Run(t, "from guards import *\ncreate()", nil, nil)
	conn, dialect := dbtest.Open(t, db)
	s := &guardSite{dj: dj, store: storeFor(t, dj, db, nil, time.Now), users: dbusers.New(conn, dialect, nil)}
	t.Cleanup(func() { s.users.Close() })
	s.auth = auth.New(s.users, secret, &auth.Options{Impersonate: &auth.Impersonate{},
		Backends: []string{auth.ModelBackend, "allauth.account.auth_backends.AuthenticationBackend"}})
	return s
}

// A state is what a page says of who is behind it.
type state struct {
	User, Real                 string
	Verified, Hijacked, Recent bool
	Key                        string
}

// django is what a browser does on the site, and what Django says then.
func (s *guardSite) django(t *testing.T, key, path string, steps ...[]any) (st state) {
	t.Helper()
	if steps == nil {
		steps = [][]any{}
	}
	s.dj.Run(t, "from guards import *\nresult = go(**args)", map[string]any{"key": key, "steps": steps, "path": path}, &st)
	return st
}

// golang is what Go says of the same page.
func (s *guardSite) golang(t *testing.T, key, path string) (st state) {
	t.Helper()
	st.Key = key
	handler := djsession.NewManager(s.store, nil).Handler(s.auth.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		session, err := djsession.FromRequest(r)
		if err != nil {
			t.Fatal(err)
		}
		actor, err := auth.ActorFromRequest(r)
		if err == auth.ReasonNoLogin {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		st.User, st.Real = actor.User.Username, actor.Real.Username
		_, st.Hijacked = s.auth.Hijacker(session)
		user, err := auth.FromRequest(r)
		if err != nil {
			t.Fatal(err)
		}
		if st.Verified, err = s.auth.IsVerified(r.Context(), session, user); err != nil {
			t.Fatal(err)
		}
	})))
	r := httptest.NewRequest("GET", path, nil)
	r.AddCookie(&http.Cookie{Name: "sessionid", Value: key})
	handler.ServeHTTP(httptest.NewRecorder(), r)
	return st
}

func (s *guardSite) device(t *testing.T, kind, name string, confirmed bool) (device string) {
	t.Helper()
	s.dj.Run(t, "from guards import *\nresult = device(**args)", map[string]any{"kind": kind, "name": name, "confirmed": confirmed}, &device)
	return device
}

// TestGuardsLikeDjango: Go and the packages say the same of the same sessions:
// whether the user is verified, who acts, and who it really is.
func TestGuardsLikeDjango(t *testing.T) {
	s := newGuardSite(t)
	bobs, static := s.device(t, "totp", "bob", true), s.device(t, "static", "bob", true)
	carols := s.device(t, "totp", "carol", true)
	tests := []struct {
		reason string
		path   string
		steps  [][]any
		want   state
		other  bool // the second factor is not django-otp's, which knows its own alone
	}{
		{"no login", "/who/", nil, state{}, false},
		{"a password", "/who/", [][]any{{"enter", "bob"}}, state{User: "bob", Real: "bob"}, false},
		{"a device", "/who/", [][]any{{"enter", "bob"}, {"verify", bobs}}, state{User: "bob", Real: "bob", Verified: true}, false},
		{"a code on paper", "/who/", [][]any{{"enter", "bob"}, {"verify", static}}, state{User: "bob", Real: "bob", Verified: true}, false},
		{"another user's device", "/who/", [][]any{{"enter", "bob"}, {"verify", carols}}, state{User: "bob", Real: "bob"}, false},
		{"hijacked", "/who/", [][]any{{"enter", "alice"}, {"hijack", "bob"}}, state{User: "bob", Real: "alice", Hijacked: true}, false},
		{"hijacked twice", "/who/", [][]any{{"enter", "alice"}, {"hijack", "root"}, {"hijack", "bob"}}, state{User: "bob", Real: "alice", Hijacked: true}, false},
		{"released", "/who/", [][]any{{"enter", "alice"}, {"hijack", "bob"}, {"release"}}, state{User: "alice", Real: "alice"}, false},
		{"hijacked by who was verified", "/who/", [][]any{{"enter", "root"}, {"hijack", "bob"}, {"release"}, {"hijack", "carol"}},
			state{User: "carol", Real: "root", Hijacked: true}, false},
		{"impersonated", "/who/", [][]any{{"enter", "sam"}, {"impersonate", "bob"}}, state{User: "bob", Real: "sam"}, false},
		{"impersonated, in the admin", "/admin/x/", [][]any{{"enter", "sam"}, {"impersonate", "bob"}}, state{User: "sam", Real: "sam"}, false},
		{"not any more", "/who/", [][]any{{"enter", "sam"}, {"impersonate", "bob"}, {"stop"}}, state{User: "sam", Real: "sam"}, false},
		{"a superuser by staff", "/who/", [][]any{{"enter", "sam"}, {"impersonate", "alice"}}, state{User: "sam", Real: "sam"}, false},
		{"by who may not", "/who/", [][]any{{"enter", "carol"}, {"impersonate", "bob"}}, state{User: "carol", Real: "carol"}, false},
		{"allauth, half-way", "/who/", [][]any{{"login", "bob"}}, state{}, false},
		{"allauth's second factor", "/who/", [][]any{{"login", "bob"}, {"code"}}, state{User: "bob", Real: "bob", Verified: true}, true},
		{"allauth, without one", "/who/", [][]any{{"login", "carol"}}, state{User: "carol", Real: "carol"}, false},
		{"allauth, half-way, and then another user", "/who/", [][]any{{"login", "bob"}, {"enter", "carol"}}, state{User: "carol", Real: "carol"}, false},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			theirs := s.django(t, "", test.path, test.steps...)
			ours := s.golang(t, theirs.Key, test.path)
			test.want.Key = theirs.Key
			if ours != test.want {
				t.Errorf("Go says %+v, want %+v", ours, test.want)
			}
			theirs.Verified = theirs.Verified || test.other
			if theirs.Hijacked { // which django-impersonate knows nothing of
				theirs.Real = test.want.Real
			}
			if theirs != ours {
				t.Errorf("Go says %+v, Django %+v", ours, theirs)
			}
		})
	}
	for _, step := range []string{"unconfirm", "delete"} {
		device := s.device(t, "totp", "bob", true)
		st := s.django(t, "", "/who/", []any{"enter", "bob"}, []any{"verify", device})
		if !st.Verified || !s.golang(t, st.Key, "/who/").Verified {
			t.Fatalf("before %s: not verified", step)
		}
		s.dj.Run(t, "from guards import *\ngetattr(Browser(''), args['step'])(args['device'])", map[string]any{"step": step, "device": device}, nil)
		if s.golang(t, st.Key, "/who/").Verified || s.django(t, st.Key, "/who/").Verified {
			t.Errorf("after %s: verified", step)
		}
	}
}

// TestAllauthTakesGosPassword: allauth knows that a user typed the password
// once more in Go, and Go knows when a user did in allauth.
func TestAllauthTakesGosPassword(t *testing.T) {
	s := newGuardSite(t)
	st := s.django(t, "", "/who/", []any{"login", "carol"})
	if st.User != "carol" || st.Recent {
		t.Fatalf("Django says %+v", st)
	}
	session, err := djsession.NewManager(s.store, nil).Open(t.Context(), st.Key)
	if err != nil {
		t.Fatal(err)
	}
	carol, err := s.auth.User(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	if at, ok := s.auth.AuthenticatedAt(session, carol); !ok || time.Since(at) > time.Minute {
		t.Errorf("allauth logged in: %v, %v", at, ok)
	}
	if err := s.auth.Reauthenticated(session, carol); err != nil {
		t.Fatal(err)
	}
	if err := session.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	if st := s.django(t, st.Key, "/who/"); !st.Recent {
		t.Errorf("Django says %+v", st)
	}
}
