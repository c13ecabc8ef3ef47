package interop

import (
	"cmp"
	_ "embed"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cookiestore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/signing"
)

//go:embed cookies.py
var cookiesPy string

// cookieScenarios are those of the middleware, with what was a row in a signed
// cookie, and some that only cookies have.
func cookieScenarios(t *testing.T) (all []scenario) {
	t.Helper()
	more := []scenario{
		{Name: "read, signed in the future", Stored: "future", Ops: [][]any{op("get", "a")}},
		{Name: "set, signed in the future", Stored: "future", Ops: [][]any{op("set", "b", 2)}},
		{Name: "read, a second before its age is over", Stored: "limit", Ops: [][]any{op("get", "a")}},
		{Name: "read, signed with a fallback key", Stored: "fallback", Ops: [][]any{op("get", "a")},
			Differs: "SECRET_KEY_FALLBACKS came with 4.1", In: []string{"3.2"}},
		{Name: "read, signed with another key", Stored: "other", Ops: [][]any{op("get", "a")}},
		{Name: "read, signed with SHA-1", Stored: "sha1", Ops: [][]any{op("get", "a")}, Differs: "3.1 and 3.2 take SHA-1, which is our option", In: []string{"3.2"}},
		{Name: "read, session_data of the database", Stored: "row", Ops: [][]any{op("get", "a")}},
		{Name: "changed, forged", Stored: "forged", Ops: [][]any{op("get", "a"), op("set", "b", 2)}},
		{Name: "flushed, forged", Stored: "forged", Ops: [][]any{op("flush")}},
		{Name: "cycled, forged", Stored: "forged", Ops: [][]any{op("cycle")}},
		{Name: "read, forged, 500", Stored: "forged", Ops: [][]any{op("get", "a")}, Status: 500},
		{Name: "read, forged, every request", Stored: "forged", Settings: everyRequest, Ops: [][]any{op("get", "a")}},
		{Name: "own expiry, though the cookie is as old", Stored: "live", Data: `{"_session_expiry":60}`, Ops: [][]any{op("get", "a")}},
		{Name: "large", Cookie: "-", Ops: [][]any{op("set", "b", strings.Repeat("packs well ", 300))}},
	}
	for _, s := range append(slices.Clone(scenarios), more...) {
		if slices.ContainsFunc(s.Ops, func(op []any) bool { return op[0] == "gone" }) {
			continue // there is nothing that could go
		}
		switch {
		case s.Differs == unreadable || s.Differs == unread:
			s.Differs = "" // there is no row that could be overwritten, or made
		case s.Name == "created, no cookie":
			s.Differs = "Django's create() only marks a session of signed cookies as modified, and an empty one gets no cookie"
		}
		if cookie := cmp.Or(s.Cookie, "sessionid=<KEY>"); cookie != "-" {
			s.Cookie = strings.ReplaceAll(cookie, "<KEY>", signedCookie(t, &s))
		}
		all = append(all, s)
	}
	return all
}

// signedCookie is the value that a scenario's session has in a cookie.
func signedCookie(t *testing.T, s *scenario) string {
	t.Helper()
	data, err := djsession.JSON.Loads(cmp.Or(s.Data, `{"a":1}`))
	if err != nil {
		t.Fatal(err)
	}
	age := map[string]time.Duration{"expired": djsession.DefaultAge + time.Minute, "now": djsession.DefaultAge, "limit": djsession.DefaultAge - time.Second,
		"future": -time.Hour}[s.Stored]
	opts := &cookiestore.Options{Now: func() time.Time { return frozen.Add(-age) }}
	key := secret
	switch s.Stored {
	case "":
		return storedKey
	case "garbage":
		return "garbage"
	case "fallback":
		key = "an older secret"
	case "other":
		key = "nobody's secret"
	case "sha1":
		opts.Algorithm = signing.SHA1
	case "row":
		text, err := djsession.NewCodec(secret, nil).Encode(data)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	rec := &djsession.Record{Data: data}
	if err := cookiestore.New(key, opts).Create(t.Context(), rec); err != nil {
		t.Fatal(err)
	}
	if s.Stored == "forged" {
		last := "A"
		if strings.HasSuffix(rec.Key, last) {
			last = "B"
		}
		return rec.Key[:len(rec.Key)-1] + last
	}
	return rec.Key
}

// serveCookie serves a scenario with our middleware and returns the outcome in
// the words of cookies.py.
func serveCookie(t *testing.T, s *scenario) string {
	clock := func() time.Time { return frozen }
	opts := optionsOf(t, s.Settings, clock)
	store := cookiestore.New(secret, &cookiestore.Options{Now: clock, CookieAge: opts.CookieAge, Fallbacks: []string{"an older secret"}})
	r := httptest.NewRequest("GET", "/", nil)
	if s.Cookie != "-" {
		r.Header["Cookie"] = []string{s.Cookie}
	}
	w := httptest.NewRecorder()
	djsession.NewManager(store, opts).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, op := range s.Ops {
			session, err := djsession.FromRequest(r)
			if err != nil {
				t.Fatal(err)
			}
			do(t, r.Context(), session, store, op)
		}
		if s.Vary != "" {
			w.Header().Set("Vary", s.Vary)
		}
		if s.Status != 0 {
			w.WriteHeader(s.Status)
		}
	})).ServeHTTP(w, r)
	var cookies []string
	for _, text := range w.Header()["Set-Cookie"] {
		name, rest, _ := strings.Cut(text, "=")
		value, attributes, _ := strings.Cut(rest, ";")
		if value != `""` {
			rec, err := store.Load(t.Context(), value)
			if err != nil {
				t.Fatalf("%s: %v", s.Name, err)
			}
			json, err := djsession.JSON.Dumps(nil, rec.Data)
			if err != nil {
				t.Fatal(err)
			}
			if !rec.Encoding.SignedAt.Equal(frozen.Truncate(time.Second)) {
				t.Errorf("%s: signed at %v", s.Name, rec.Encoding.SignedAt)
			}
			value = string(json)
		}
		cookies = append(cookies, name+"="+value+";"+attributes)
	}
	return fmt.Sprintf("status %d\nvary %s\ncookies %s", w.Code, strings.Join(w.Header()["Vary"], " | "), strings.Join(cookies, " | "))
}

// TestSignedCookiesLikeDjango has each scenario served by Django's middleware
// and by ours, with sessions in signed cookies.
func TestSignedCookiesLikeDjango(t *testing.T) {
	viewPy, _, _ := strings.Cut(middlewarePy, "\ndef serve(")
	all := cookieScenarios(t)
	fromSeries32(t, func(t *testing.T, dj *testenv.Django) {
		dj = dj.With(testenv.Settings{"USE_TZ": true, "SECRET_KEY": secret, "SECRET_KEY_FALLBACKS": []string{"an older secret"}})
		var outcomes []string
		dj.Run(t, "scenarios = args['scenarios']\n"+viewPy+"\n"+cookiesPy, map[string]any{"scenarios": all}, &outcomes)
		for i, s := range all {
			ours := serveCookie(t, &s)
			differs := s.Differs != "" && (s.In == nil || slices.Contains(s.In, dj.Series))
			if (ours != outcomes[i]) != differs {
				t.Errorf("%s (may differ: %q):\nours:\n%s\nDjango's:\n%s", s.Name, s.Differs, ours, outcomes[i])
			}
		}
	})
}

// TestSignedCookiesBothWays has each Django read what Go signed, and the other
// way round: SHA-1 for those before 3.1.
func TestSignedCookiesBothWays(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		now := time.Date(2026, 11, 23, 20, 17, 27, 123456000, time.UTC)
		dj = dj.At(now).With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": true, "SESSION_ENGINE": testenv.EngineSignedCookies})
		opts := &cookiestore.Options{Now: func() time.Time { return now }}
		if !dj.AtLeast(3, 1) {
			opts.Algorithm = signing.SHA1
		}
		store := cookiestore.New(secret, opts)
		rec, err := store.Load(t.Context(), dj.Create(t, "", testenv.FromJSON(contents), ""))
		if err != nil {
			t.Fatal(err)
		}
		if text, _ := djsession.JSON.Dumps(nil, rec.Data); string(text) != contents && dj.AtLeast(2, 0) { // Python 2's dicts have no order
			t.Errorf("got %s", text)
		}
		rec.Data.Set("from_go", []any{true, 1.0})
		if err := store.Update(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
		wantValue(t, dj, rec.Key, "from_go", "[true,1.0]")
		wantValue(t, dj, rec.Key, "big", "123456789012345678901234567890")
		for _, age := range []time.Duration{djsession.DefaultAge - time.Second, djsession.DefaultAge, djsession.DefaultAge + time.Second} {
			then := now.Truncate(time.Second).Add(age)
			later := *opts
			later.Now = func() time.Time { return then }
			_, err := cookiestore.New(secret, &later).Load(t.Context(), rec.Key)
			data, _ := dj.At(then).Load(t, rec.Key)
			if alive := err == nil; alive != (age <= djsession.DefaultAge) || alive != (data.JSON != "{}") {
				t.Errorf("after %v: Go %v, Django %s", age, err, data.JSON)
			}
		}
	})
}
