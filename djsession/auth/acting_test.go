package auth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

// TestHijacker: the first of the list is who has hijacked them all.
func TestHijacker(t *testing.T) {
	s := newSite(someUsers(), nil)
	tests := []struct {
		reason, json, id string
		hijacked         bool
	}{
		{"never", s.login("2"), "", false},
		{"not any more", with(s.login("2"), `"hijack_history":[]`), "", false},
		{"once", with(s.login("2"), `"hijack_history":["1"]`), "1", true},
		{"twice", with(s.login("2"), `"hijack_history":["1","5"]`), "1", true},
		{"a number", with(s.login("2"), `"hijack_history":[1]`), "1", true},
		{"an id that cannot be one", with(s.login("2"), `"hijack_history":["x"]`), "", true},
		{"no list", with(s.login("2"), `"hijack_history":"1"`), "", true},
	}
	for _, test := range tests {
		if id, hijacked := s.auth.Hijacker(s.session(t, test.json)); id != test.id || hijacked != test.hijacked {
			t.Errorf("%s: got %q, %v, want %q, %v", test.reason, id, hijacked, test.id, test.hijacked)
		}
	}
}

// actor asks who is behind a request.
func (s *site) actor(t *testing.T, method, path, json string) (actor *auth.Actor, err error) {
	t.Helper()
	handler := s.sessions.Handler(s.auth.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		actor, err = auth.ActorFromRequest(r)
	})))
	r := httptest.NewRequest(method, path, nil)
	r.AddCookie(&http.Cookie{Name: "sessionid", Value: s.session(t, json).Key()})
	handler.ServeHTTP(httptest.NewRecorder(), r)
	return actor, err
}

func describe(a *auth.Actor, err error) string {
	switch {
	case err != nil:
		return err.Error()
	case a.Real == nil:
		return a.User.Username + " by a user who is gone"
	case a.Pretends != (a.Real.ID != a.User.ID):
		return fmt.Sprintf("%s and %s, pretends %v", a.User.Username, a.Real.Username, a.Pretends)
	case a.Pretends:
		return a.User.Username + " by " + a.Real.Username
	}
	return a.User.Username
}

// TestActor: who may act as whom, as django-impersonate's rules have it.
func TestActor(t *testing.T) {
	users := someUsers() // 1 is a superuser
	users.users["7"] = auth.User{ID: "7", Username: "staff", Password: "new$x", IsActive: true, IsStaff: true}
	users.users["8"] = auth.User{ID: "8", Username: "root", Password: "new$x", IsActive: true, IsSuperuser: true}
	now := time.Date(2026, 11, 23, 20, 17, 27, 0, time.UTC)
	login := newSite(users, nil).login
	as := func(real, id string) string { return with(login(real), `"_impersonate":`+id) }
	since := func(ago time.Duration) string {
		return with(as("1", "2"), fmt.Sprintf(`"_impersonate_start":%d.25`, now.Add(-ago).Unix()))
	}
	hour := &auth.Impersonate{MaxDuration: time.Hour}
	tests := []struct {
		reason string
		rules  *auth.Impersonate
		json   string
		method string
		path   string
		want   string
	}{
		{"themselves", &auth.Impersonate{}, login("2"), "GET", "/", "bob"},
		{"without the package", nil, as("1", "2"), "GET", "/", "alice"},
		{"a superuser", &auth.Impersonate{}, as("1", "2"), "GET", "/", "bob by alice"},
		{"by an id as text", &auth.Impersonate{}, as("1", `"2"`), "POST", "/", "bob by alice"},
		{"staff", &auth.Impersonate{}, as("7", "2"), "GET", "/", "bob by staff"},
		{"staff, where it must be a superuser", &auth.Impersonate{RequireSuperuser: true}, as("7", "2"), "GET", "/", "staff"},
		{"not staff", &auth.Impersonate{}, as("2", "5"), "GET", "/", "bob"},
		{"staff as a superuser", &auth.Impersonate{AllowSuperusers: true}, as("7", "1"), "GET", "/", "staff"},
		{"a superuser as another", &auth.Impersonate{}, as("1", "8"), "GET", "/", "alice"},
		{"a superuser as another, where that is allowed", &auth.Impersonate{AllowSuperusers: true}, as("1", "8"), "GET", "/", "root by alice"},
		{"in the admin", &auth.Impersonate{}, as("1", "2"), "GET", "/admin/users/", "alice"},
		{"where it is excluded", &auth.Impersonate{Exclude: []*regexp.Regexp{regexp.MustCompile("^staff/")}}, as("1", "2"), "GET", "/staff/x", "alice"},
		{"in the admin, where other pages are", &auth.Impersonate{Exclude: []*regexp.Regexp{}}, as("1", "2"), "GET", "/admin/", "bob by alice"},
		{"a user who is not there", &auth.Impersonate{}, as("1", "99"), "GET", "/", "alice"},
		{"what is no id", &auth.Impersonate{}, as("1", `{"a":1}`), "GET", "/", "alice"},
		{"reading", &auth.Impersonate{ReadOnly: true}, as("1", "2"), "HEAD", "/", "bob by alice"},
		{"writing", &auth.Impersonate{ReadOnly: true}, as("1", "2"), "POST", "/", auth.ErrForbidden.Error()},
		{"in time", hour, since(59 * time.Minute), "GET", "/", "bob by alice"},
		{"too long", hour, since(61 * time.Minute), "GET", "/", auth.ErrImpersonationOver.Error()},
		{"for a time without a beginning", hour, as("1", "2"), "GET", "/", "alice"},
		{"own rules", &auth.Impersonate{Allow: func(_ context.Context, real, as *auth.User) (bool, error) {
			return real.Username == "alice" && as.Username == "twin", nil
		}}, as("1", "2"), "GET", "/", "alice"},
		{"hijacked", &auth.Impersonate{}, with(login("2"), `"hijack_history":["1"]`), "GET", "/", "bob by alice"},
		{"hijacked by a user who is gone", nil, with(login("2"), `"hijack_history":["99"]`), "GET", "/", "bob by a user who is gone"},
		{"hijacked, and the one who is hijacked acts as another", &auth.Impersonate{}, with(as("7", "2"), `"hijack_history":["1"]`), "GET", "/", "bob by alice"},
		{"no login", &auth.Impersonate{}, `{"_impersonate":2}`, "GET", "/", auth.ReasonNoLogin.Error()},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			s := newSite(users, &auth.Options{Impersonate: test.rules, Now: func() time.Time { return now }})
			if got := describe(s.actor(t, test.method, test.path, test.json)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}

	t.Run("a database that is down", func(t *testing.T) {
		s := newSite(users, &auth.Options{Impersonate: &auth.Impersonate{}})
		users.fail = djsession.ErrUnavailable
		if _, err := s.actor(t, "GET", "/", as("1", "2")); !errors.Is(err, djsession.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("in the admin, behind http.StripPrefix", func(t *testing.T) {
		users.fail = nil
		s := newSite(users, &auth.Options{Impersonate: &auth.Impersonate{}})
		var got string
		handler := s.sessions.Handler(s.auth.Handler(http.StripPrefix("/admin", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			got = describe(auth.ActorFromRequest(r))
		}))))
		r := httptest.NewRequest("GET", "/admin/users/", nil)
		r.AddCookie(&http.Cookie{Name: "sessionid", Value: s.session(t, as("1", "2")).Key()})
		handler.ServeHTTP(httptest.NewRecorder(), r)
		if got != "alice" {
			t.Errorf("got %s", got)
		}
	})
	if _, err := auth.ActorFromRequest(httptest.NewRequest("GET", "/", nil)); !errors.Is(err, auth.ErrNoAuth) {
		t.Errorf("a request that did not pass through: %v", err)
	}
}
