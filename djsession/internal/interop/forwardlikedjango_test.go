package interop

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/forwardauth"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// TestForwardAuthLikeDjango compares who passes with whom Django's get_user
// finds, for random logins whose parts were taken from others, left out or
// changed, and for cookies in each form.
func TestForwardAuthLikeDjango(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		t.Parallel()
		if !dj.AtLeast(4, 0) && dj.AtLeast(2, 0) { // of the older ones, the oldest
			t.Skip("another series shows the same")
		}
		p := newPair(t, dj.Own(t, loginSettings(t, nil)), testenv.SQLite(t), nil)
		h, err := forwardauth.New(djsession.NewManager(p.store, &djsession.Options{Logger: slog.New(slog.DiscardHandler)}), p.auth,
			&forwardauth.Options{From: forwardauth.XForwarded, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		keys := p.randomLogins(t, 60)
		passed := 0
		for i, key := range keys {
			cookie := key
			if i%3 == 1 {
				cookie = `"` + key + `"`
			}
			line := "a=b; sessionid=" + cookie + "; c=d"
			django := p.djangoUser(t, line)
			r := httptest.NewRequest("GET", "/auth", nil)
			r.Header = http.Header{"X-Forwarded-Method": {"GET"}, "X-Forwarded-Uri": {"/"}, "X-Forwarded-Host": {"a"}, "X-Forwarded-Proto": {"https"}, "Cookie": {line}}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if got := w.Header().Get("X-Auth-Request-User"); got != django || (w.Code == 200) != (django != "") {
				t.Errorf("login %d: got %d and the user %q, and Django has %q", i, w.Code, got, django)
			}
			if django != "" {
				passed++
			}
		}
		if passed == 0 || passed == len(keys) {
			t.Errorf("%d of %d logins are good: the others or these are not tried", passed, len(keys))
		}
	})
}

// randomLogins stores logins with parts that may be wrong.
func (p *pair) randomLogins(t *testing.T, n int) (keys []string) {
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	var plans []map[string]string
	for range n {
		plan := map[string]string{"name": pick("alice", "bob", "carol", "dave"), "id": "own", "backend": "own", "hash": "own", "expired": pick("", "", "", "yes")}
		switch random.IntN(3) {
		case 0:
			plan["id"] = pick("", "another", "99", "-1", "1x", " 1", "01", "1.0", "99999999999999999999")
		case 1:
			plan["backend"] = pick("", "own", "django.contrib.auth.backends.AllowAllUsersModelBackend", "x")
			plan["hash"] = pick("", "another", "own", "0")
		}
		plans = append(plans, plan)
	}
	p.django(t, `
		from django.contrib.auth import SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY
		from django.contrib.sessions.backends.db import SessionStore
		User.objects.create_user("dave", password="dave's", is_active=False)
		alice = User.objects.get(username="alice")
		result = []
		for plan in args["plans"]:
			user = User.objects.get(username=plan["name"])
			session = SessionStore()
			values = {SESSION_KEY: (str(user.pk), plan["id"], str(alice.pk)), HASH_SESSION_KEY: (user.get_session_auth_hash(), plan["hash"], alice.get_session_auth_hash()),
				BACKEND_SESSION_KEY: ("django.contrib.auth.backends.ModelBackend", plan["backend"], "")}
			for name, (own, how, other) in values.items():
				if how:
					session[name] = {"own": own, "another": other}.get(how, how)
			session.set_expiry(-10 if plan["expired"] else 1000)
			session.save()
			result.append(session.session_key)
	`, map[string]any{"plans": plans}, &keys)
	if len(keys) != n {
		t.Fatal(fmt.Errorf("got %d keys, want %d", len(keys), n))
	}
	return keys
}

// djangoUser is the id of the user that Django finds for a Cookie line, or "".
// What Django would flush stays.
func (p *pair) djangoUser(t *testing.T, line string) (id string) {
	p.django(t, `
		from django.conf import settings
		from django.contrib.auth import get_user
		from django.contrib.sessions.backends.db import SessionStore
		from django.http import HttpRequest, parse_cookie
		request = HttpRequest()
		request.session = SessionStore(parse_cookie(args["line"]).get(settings.SESSION_COOKIE_NAME))
		request.session.flush = request.session.cycle_key = lambda: None
		try:
			result = str(get_user(request).pk or "")
		except Exception:
			result = ""  # a 500
	`, map[string]any{"line": line}, &id)
	return id
}
