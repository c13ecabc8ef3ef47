package djsession_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

func TestCookieAttributes(t *testing.T) {
	for _, row := range []struct {
		reason           string
		opts             djsession.Options
		created, deleted string
	}{
		{"Django's defaults", djsession.Options{},
			"sessionid=KEY; expires=Tue, 28 Nov 2023 22:13:20 GMT; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax",
			`sessionid=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax`},
		{"everything set", djsession.Options{CookieName: "sid", CookieAge: time.Hour, CookieDomain: ".example.com", CookiePath: "/app", CookieSecure: true, CookieSameSite: http.SameSiteStrictMode},
			"sid=KEY; Domain=.example.com; expires=Tue, 14 Nov 2023 23:13:20 GMT; HttpOnly; Max-Age=3600; Path=/app; SameSite=Strict; Secure",
			`sid=""; Domain=.example.com; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/app; SameSite=Strict`},
		{"SameSite=None is deleted with Secure", djsession.Options{CookieSecure: true, CookieSameSite: http.SameSiteNoneMode, ExpireOnClose: true},
			"sessionid=KEY; HttpOnly; Path=/; SameSite=None; Secure",
			`sessionid=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=None; Secure`},
		{"scripts may see it, no SameSite", djsession.Options{CookieAllowJS: true, CookieSameSite: http.SameSiteDefaultMode, ExpireOnClose: true},
			"sessionid=KEY; Path=/",
			`sessionid=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/`},
		{"__Host- is what browsers ask of it", djsession.Options{CookieName: "__Host-sid", CookieDomain: "example.com", CookiePath: "/app", ExpireOnClose: true},
			"__Host-sid=KEY; HttpOnly; Path=/; SameSite=Lax; Secure",
			`__Host-sid=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax; Secure`},
		{"__Secure- too", djsession.Options{CookieName: "__Secure-sid", ExpireOnClose: true},
			"__Secure-sid=KEY; HttpOnly; Path=/; SameSite=Lax; Secure",
			`__Secure-sid=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax; Secure`},
	} {
		s := newSite(t)
		row.opts.Now, row.opts.Logger = s.opts.Now, s.opts.Logger
		s.opts = row.opts
		got := s.serve("", set("a", 1)).Header().Get("Set-Cookie")
		name, rest, _ := strings.Cut(got, "=")
		key, rest, _ := strings.Cut(rest, ";")
		if got = name + "=KEY;" + rest; got != row.created {
			t.Errorf("%s: got  %q\nwant %q", row.reason, got, row.created)
		}
		got = s.serve(name+"="+key, func(w http.ResponseWriter, r *http.Request) {
			session, _ := djsession.FromRequest(r)
			if err := session.Flush(r.Context()); err != nil {
				t.Error(err)
			}
		}).Header().Get("Set-Cookie")
		if got != row.deleted {
			t.Errorf("%s: deleted by %q\nwant       %q", row.reason, got, row.deleted)
		}
	}
}

func TestWhichCookieIsRead(t *testing.T) {
	s := newSite(t)
	first, second := s.stored(time.Hour, "n", 1), s.stored(time.Hour, "n", 2)
	for _, row := range []struct {
		reason, header string
		want           int
	}{
		{"the only one", "sessionid=" + first, 1},
		{"the last of two counts, as in Django", "sessionid=" + first + "; sessionid=" + second, 2},
		{"also if the last is nothing", "sessionid=" + first + "; sessionid=", 0},
		{"quotes are taken off", `sessionid="` + first + `"`, 1},
		{"octal escapes are undone", `sessionid="\` + octal(first[0]) + first[1:] + `"`, 1},
		{"backslashes are dropped", `sessionid="\` + "z" + `"; sessionid=` + second, 2},
		{"blanks around it do not count", "\t sessionid \t=\t " + first + " \t", 1},
		{"other cookies do not matter, however broken", "a; =b; \x01=\xff; c=\"; sessionid=" + second + "; d=,", 2},
		{"names are exact", "Sessionid=" + first, 0},
		{"no cookie", "", 0},
		{"too short to be a key", "sessionid=abc", 0},
		{"no key at all", "sessionid=" + strings.Repeat("'\"\\", 300), 0},
		{"Unicode's space around it does not count either", "\u2000sessionid\u00a0=\u3000" + first, 1},
		{"another cookie that is not ASCII does not matter", "name=\u00e9\xa0; sessionid=" + first, 1},
		{"under ASGI Django would see the second, under WSGI the first", "sessionid=" + first + "; sessionid\xa0=" + second, 0},
		{"under ASGI Django would see a session, under WSGI none", "sessionid=" + first + "\x85", 0},
		{"under WSGI Django would see the second, under ASGI the first", "sessionid=" + first + "; \u2028sessionid=" + second, 0},
	} {
		got := -1
		s.serve(row.header, with(func(s *djsession.Session) { got, _, _ = djsession.Get[int](s, "n") }))
		if got != row.want {
			t.Errorf("%s: got session %d, want %d", row.reason, got, row.want)
		}
	}
}

// Browsers guard the exact names that begin with __Host- and __Secure-, and no
// others: what merely looks like one may be a stranger's.
func TestPrefixedNamesAreExact(t *testing.T) {
	for _, name := range []string{"__Host-sessionid", "__Secure-sessionid"} {
		s := newSite(t)
		s.opts.CookieName = name
		own, planted := s.stored(time.Hour, "n", 1), s.stored(time.Hour, "n", 2)
		for _, row := range []struct {
			reason, header string
			want           int
		}{
			{"its own", "a=b; " + name + "=" + own, 1},
			{"HTTP's space is no part of a name", "a=b;\t " + name + " =" + own, 1},
			{"planted where there is none", "\u2000" + name + "=" + planted, 0},
			{"planted behind it", name + "=" + own + "; \u2000" + name + "=" + planted, 1},
			{"a space behind the name", name + "=" + own + "; " + name + "\u3000=" + planted, 1},
			{"a space of Latin-1", name + "=" + own + "; \xa0" + name + "=" + planted, 1},
			{"a space of ASCII alone", name + "=" + own + "; \x0c" + name + "=" + planted, 1},
		} {
			got := -1
			s.serve(row.header, with(func(s *djsession.Session) { got, _, _ = djsession.Get[int](s, "n") }))
			if got != row.want {
				t.Errorf("%s, %s: got session %d, want %d", name, row.reason, got, row.want)
			}
		}
	}
}

func octal(c byte) string { return string([]byte{'0' + c>>6, '0' + c>>3&7, '0' + c&7}) }

func FuzzCookieHeader(f *testing.F) {
	f.Add("sessionid=abc")
	f.Add(`sessionid="\141\"; sessionid=x`)
	f.Add("\x00;=;;sessionid")
	s := &site{}
	f.Fuzz(func(t *testing.T, header string) {
		*s = *newSite(t)
		w := s.serve(header, with(func(s *djsession.Session) { s.Has("a") }))
		if w.Code != 200 || s.store.writes.Load() != 0 {
			t.Errorf("got %d, %d writes", w.Code, s.store.writes.Load())
		}
	})
}

func TestVary(t *testing.T) {
	for _, row := range []struct {
		reason, want string
		before       []string
	}{
		{"nothing before", "Cookie", nil},
		{"added to others", "Accept-Encoding, Origin, Cookie", []string{"Accept-Encoding", "Origin"}},
		{"not twice, whatever the case", "Origin, cookie", []string{"Origin, cookie"}},
		{"a star says it all", "*", []string{"Origin, *"}},
	} {
		s := newSite(t)
		w := s.serve("", func(w http.ResponseWriter, r *http.Request) {
			for _, v := range row.before {
				w.Header().Add("Vary", v)
			}
			with(func(s *djsession.Session) { s.Has("a") })(w, r)
		})
		if got := strings.Join(w.Header()["Vary"], " | "); got != row.want {
			t.Errorf("%s: got %q, want %q", row.reason, got, row.want)
		}
	}
}
