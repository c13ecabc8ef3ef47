package interop

import (
	_ "embed"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/memstore"
)

//go:embed cookieheader.py
var cookieHeaderPy string

// cookieParts are what the headers of [TestCookieHeadersLikeDjango] are made
// of: NAME, A and B are the cookie's name and two keys.
var cookieParts = []string{"NAME", "=", ";", "; ", " ", `"`, `\`, "a", "A", "B", "NAME=A", "; NAME=B", `; NAME="`, "\t", "\x0b", "\x0c", "\x1c",
	"\x1f", "\x85", "\xa0", "\u00a0", "\u0085", "\u2000", "\u2028", "\u3000", "\ufeff", `\101`, `\377`, `\400`, `\08`, `\"`, "$Version=1", ",",
	"\xff", "é", "%61", "\U0001f600", "\xed\xa0\x80", "\x7f", "\x01"}

// TestCookieHeadersLikeDjango reads random Cookie headers. We see the session
// that Django sees under WSGI, but none where it would see another under ASGI:
// so no header makes one user here and another there.
func TestCookieHeadersLikeDjango(t *testing.T) {
	m := djsession.NewManager(memstore.New(nil), nil)
	keys := make([]string, 2)
	for i := range keys {
		s := m.New()
		s.Set("n", i)
		if err := s.Save(t.Context()); err != nil {
			t.Fatal(err)
		}
		keys[i] = s.Key()
	}
	fill := strings.NewReplacer("NAME", "sessionid", "A", keys[0], "B", keys[1])
	random := rand.New(rand.NewPCG(7, 7))
	headers := []string{fill.Replace("NAME=A; NAME\xa0=B"), fill.Replace("NAME=A; NAME\u00a0=B")}
	for range 20000 {
		var header strings.Builder
		if random.IntN(2) == 0 {
			header.WriteString("NAME=A")
		}
		for range 1 + random.IntN(12) {
			header.WriteString(cookieParts[random.IntN(len(cookieParts))])
		}
		headers = append(headers, fill.Replace(header.String()))
	}
	ours := make([]string, len(headers))
	raw := make([][]byte, len(headers)) // base64 in JSON
	for i, header := range headers {
		ours[i], raw[i] = sessionSeen(t, m, header), []byte(header)
	}
	fromSeries32(t, func(t *testing.T, dj *testenv.Django) {
		var seen [][2]string
		dj.Run(t, cookieHeaderPy, map[string]any{"name": "sessionid", "keys": keys, "headers": raw}, &seen)
		sessions, disputes := 0, 0
		for i, django := range seen {
			wsgi, asgi := django[0], django[1]
			right := ours[i] == wsgi
			switch {
			case wsgi == asgi && wsgi != "":
				sessions++
			case wsgi != asgi && asgi != "":
				right = ours[i] == ""
				disputes++
			case wsgi != asgi: // under ASGI it is no session, but may be a value
				right = right || ours[i] == ""
			}
			if !right {
				t.Errorf("%q: session %q; Django sees %q under WSGI and %q under ASGI", headers[i], ours[i], wsgi, asgi)
			}
		}
		if sessions < 1000 || disputes < 10 {
			t.Errorf("%d headers hold a session and %d are in dispute: too few to tell", sessions, disputes)
		}
	})
}

// sessionSeen returns the key of the session that a request with a Cookie
// header has, or "".
func sessionSeen(t *testing.T, m *djsession.Manager, header string) (key string) {
	t.Helper()
	r := httptest.NewRequest("GET", "/", nil)
	r.Header["Cookie"] = []string{header}
	m.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		s, err := djsession.FromRequest(r)
		if err != nil {
			t.Fatal(err)
		}
		key = s.Key()
	})).ServeHTTP(httptest.NewRecorder(), r)
	return key
}
