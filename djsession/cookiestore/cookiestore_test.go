package cookiestore_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cookiestore"
	"github.com/djsession/djsession-go/djsession/pickled"
	"github.com/djsession/djsession-go/djsession/storetest"
	"github.com/djsession/djsession-go/signing"
)

func TestStore(t *testing.T) {
	storetest.Run(t, storetest.Harness{Stateless: true, New: func(_ testing.TB, now func() time.Time) djsession.Store {
		return cookiestore.New("a secret", &cookiestore.Options{CookieAge: time.Hour, Now: now})
	}})
}

func BenchmarkStore(b *testing.B) {
	storetest.Benchmark(b, storetest.Harness{New: func(_ testing.TB, now func() time.Time) djsession.Store {
		return cookiestore.New("a secret", &cookiestore.Options{Now: now})
	}})
}

// TestVectors reads what each Django wrote, and writes the same.
func TestVectors(t *testing.T) {
	file, err := os.Open("testdata/signed_cookies.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	frozen := time.Unix(1700000000, 250e6)
	lines, written := 0, 0
	for scanner := bufio.NewScanner(file); scanner.Scan(); lines++ {
		var v struct{ Django, Secret, Input, Output string }
		if err := json.Unmarshal(scanner.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		opts := &cookiestore.Options{Now: func() time.Time { return frozen }}
		if len(v.Output)-strings.LastIndex(v.Output, ":")-1 == 27 {
			opts.Algorithm = signing.SHA1
		}
		old := strings.HasPrefix(v.Django, "1.4") || strings.HasPrefix(v.Django, "1.5") // they pickle
		if old {
			opts.Serializer = pickled.New(&pickled.Options{Protocol: 2})
		}
		store := cookiestore.New(v.Secret, opts)
		rec, err := store.Load(t.Context(), v.Output)
		if err != nil {
			t.Errorf("%s: %s: %v", v.Django, v.Input, err)
			continue
		}
		text, err := djsession.JSON.Dumps(nil, rec.Data)
		if err != nil {
			t.Fatal(err)
		}
		if want := strings.NewReplacer("u'", `"`, "'", `"`, ": ", ":", ", ", ",").Replace(v.Input); string(text) != want {
			t.Errorf("%s: got %s, want %s", v.Django, text, want)
		}
		if !rec.Expires.Equal(frozen.Truncate(time.Second).Add(djsession.DefaultAge)) {
			t.Errorf("%s: expires %v", v.Django, rec.Expires)
		}
		// What is compressed, or pickled, has more than one form.
		if strings.HasPrefix(v.Output, ".") || old {
			continue
		}
		written++
		if err := store.Create(t.Context(), rec); err != nil || rec.Key != v.Output {
			t.Errorf("%s: wrote another text (%v)", v.Django, err)
		}
	}
	if lines < 25 || written < 10 {
		t.Errorf("only %d vectors, %d of them written", lines, written)
	}
}

func TestWhatIsNotTrusted(t *testing.T) {
	now := time.Unix(1700000000, 250e6)
	clock := func() time.Time { return now }
	data := new(djsession.Data)
	data.Set("_auth_user_id", "42")
	text := func(secret string, o cookiestore.Options) string {
		o.Now = clock
		rec := &djsession.Record{Data: data}
		if err := cookiestore.New(secret, &o).Create(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
		return rec.Key
	}
	db, err := djsession.NewCodec("key", &djsession.CodecOptions{Now: clock}).Encode(data)
	if err != nil {
		t.Fatal(err)
	}
	legacy, err := djsession.NewCodec("key", &djsession.CodecOptions{Layout: djsession.LayoutLegacy}).Encode(data)
	if err != nil {
		t.Fatal(err)
	}
	good, sha1 := text("key", cookiestore.Options{}), text("key", cookiestore.Options{Algorithm: signing.SHA1})
	old := text("old", cookiestore.Options{})
	pickle := text("key", cookiestore.Options{Serializer: pickled.New(nil)})
	for _, row := range []struct {
		reason, text string
		age          time.Duration
		opts         cookiestore.Options
		want         error
	}{
		{"good", good, 0, cookiestore.Options{}, nil},
		{"from tomorrow, as a wrong clock makes it", good, -24 * time.Hour, cookiestore.Options{}, nil},
		{"as old as it may be", good, djsession.DefaultAge - 250*time.Millisecond, cookiestore.Options{}, nil},
		{"a fraction older", good, djsession.DefaultAge - 249*time.Millisecond, cookiestore.Options{}, signing.ErrSignatureExpired},
		{"older than this site allows", good, 2 * time.Hour, cookiestore.Options{CookieAge: time.Hour}, signing.ErrSignatureExpired},
		{"another key", old, 0, cookiestore.Options{}, signing.ErrBadSignature},
		{"a fallback key", old, 0, cookiestore.Options{Fallbacks: []string{"old"}}, nil},
		{"SHA-1", sha1, 0, cookiestore.Options{}, signing.ErrBadSignature},
		{"SHA-1, accepted", sha1, 0, cookiestore.Options{AcceptSHA1: true}, nil},
		{"SHA-256 for an old Django", good, 0, cookiestore.Options{Algorithm: signing.SHA1}, signing.ErrBadSignature},
		{"session_data of the database", db, 0, cookiestore.Options{}, signing.ErrBadSignature},
		{"session_data of an old database", legacy, 0, cookiestore.Options{}, signing.ErrBadSignature},
		{"a pickle", pickle, 0, cookiestore.Options{}, djsession.ErrUnsupportedSerializer},
		{"a pickle, also read", pickle, 0, cookiestore.Options{AlsoRead: []djsession.Serializer{pickled.New(nil)}}, nil},
		{"one character more", good + "A", 0, cookiestore.Options{}, signing.ErrBadSignature},
		{"one less", good[:len(good)-1], 0, cookiestore.Options{}, signing.ErrBadSignature},
		{"nothing but separators", "::::::::::", 0, cookiestore.Options{}, signing.ErrBadSignature},
	} {
		row.opts.Now = func() time.Time { return now.Truncate(time.Second).Add(row.age + 250*time.Millisecond) }
		rec, err := cookiestore.New("key", &row.opts).Load(t.Context(), row.text)
		if !errors.Is(err, row.want) || (err == nil) != (row.want == nil) || (rec == nil) != (err != nil) {
			t.Errorf("%s: got error %v, want %v", row.reason, err, row.want)
		}
		if err != nil && !errors.Is(err, djsession.ErrNotFound) {
			t.Errorf("%s: the error does not say that there is no session", row.reason)
		}
	}
	if _, err := cookiestore.New("", nil).Load(t.Context(), good); !errors.Is(err, signing.ErrNoKey) || errors.Is(err, djsession.ErrNotFound) {
		t.Errorf("no secret key: got error %v", err)
	}
}

// serve has one request changed by view, and returns its response.
func serve(t *testing.T, m *djsession.Manager, cookie string, view func(s *djsession.Session) error) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("GET", "/", nil)
	if cookie != "" {
		r.Header.Set("Cookie", "sessionid="+cookie)
	}
	w := httptest.NewRecorder()
	m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := djsession.FromRequest(r)
		if err == nil {
			err = view(s)
		}
		if err != nil {
			t.Error(err)
		}
		io.WriteString(w, "the handler's answer")
	})).ServeHTTP(w, r)
	return w
}

// sent returns the value of the cookie that a response sets.
func sent(w *httptest.ResponseRecorder) string {
	value, _, _ := strings.Cut(strings.TrimPrefix(w.Header().Get("Set-Cookie"), "sessionid="), ";")
	return value
}

func TestThroughTheMiddleware(t *testing.T) {
	now := time.Unix(1700000000, 0)
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	manager := func(o djsession.Options) *djsession.Manager {
		o.Now, o.Logger = func() time.Time { return now }, quiet
		return djsession.NewManager(cookiestore.New("key", &cookiestore.Options{Now: o.Now}), &o)
	}
	m := manager(djsession.Options{})
	set := func(s *djsession.Session) error { s.Set("n", 1); return nil }
	read := func(s *djsession.Session) error { _, _, err := djsession.Get[int](s, "n"); return err }

	first := sent(serve(t, m, "", set))
	if s, err := m.Open(t.Context(), first); err != nil {
		t.Fatal(err)
	} else if n, _, _ := djsession.Get[int](s, "n"); n != 1 {
		t.Errorf("n is %d", n)
	}
	if w := serve(t, m, first, read); w.Header().Get("Set-Cookie") != "" {
		t.Errorf("a session that was only read is sent again")
	}
	now = now.Add(time.Minute)
	if second := sent(serve(t, m, first, set)); second == first || second == "" {
		t.Errorf("a changed session has the same cookie, or none")
	}
	if cycled := sent(serve(t, m, first, func(s *djsession.Session) error { return s.CycleKey(t.Context()) })); cycled == first || cycled == "" {
		t.Errorf("CycleKey left the cookie as it was")
	}
	w := serve(t, m, first, func(s *djsession.Session) error { return s.Flush(t.Context()) })
	if c := w.Header().Get("Set-Cookie"); !strings.HasPrefix(c, `sessionid=""`) || !strings.Contains(c, "Max-Age=0") {
		t.Errorf("Flush did not delete the cookie")
	}

	forged := first[:len(first)-1] + "-"
	w = serve(t, m, forged, read)
	if s, err := m.Open(t.Context(), sent(w)); err != nil {
		t.Errorf("a forged cookie is not replaced: %v", err)
	} else if len(s.Names()) != 0 {
		t.Errorf("a forged cookie has %d names", len(s.Names()))
	}
	for reason, key := range map[string]string{"forged": forged, "not even signed": strings.Repeat("k", 32), "short": "k", "none": ""} {
		if _, err := m.Open(t.Context(), key); !errors.Is(err, djsession.ErrNotFound) {
			t.Errorf("Open of a key that is %s: got error %v", reason, err)
		}
	}
	if w := serve(t, manager(djsession.Options{ReadOnly: true}), forged, read); w.Code != 200 || w.Header().Get("Set-Cookie") != "" {
		t.Errorf("read-only: a forged cookie is answered with %d and a cookie", w.Code)
	}

	// A session that is used is sent again when TouchInterval has passed since
	// it was signed, whatever its own expiry.
	touching := manager(djsession.Options{TouchInterval: time.Hour})
	own := sent(serve(t, touching, "", func(s *djsession.Session) error {
		s.SetExpiry(djsession.ExpireAfter(3 * time.Hour))
		return nil
	}))
	now = now.Add(59 * time.Minute)
	if w := serve(t, touching, own, read); sent(w) != "" {
		t.Error("touched too early")
	}
	now = now.Add(time.Minute)
	if w := serve(t, touching, own, read); sent(w) == "" {
		t.Error("not touched")
	}
}

// TestTooLarge has what browsers would drop be an error before anything is
// sent.
func TestTooLarge(t *testing.T) {
	store := cookiestore.New("key", nil)
	m := djsession.NewManager(store, &djsession.Options{ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
		var tooLarge *cookiestore.TooLargeError
		if !errors.As(err, &tooLarge) || tooLarge.Limit != 4096 || tooLarge.Size <= 4096 {
			t.Errorf("got error %v", err)
		}
		djsession.ServeError(w, r, err)
	}})
	random := djsession.NewKey() // hardly compresses
	for len(random) < 6000 {
		random += djsession.NewKey()
	}
	w := serve(t, m, "", func(s *djsession.Session) error { s.Set("large", random); return nil })
	if w.Code != http.StatusInternalServerError || w.Header().Get("Set-Cookie") != "" || strings.Contains(w.Body.String(), "the handler") {
		t.Errorf("status %d, %d bytes of cookie, %q", w.Code, len(w.Header().Get("Set-Cookie")), w.Body)
	}

	// The last byte that fits is that of the name and the value: browsers do
	// not count what stands between them.
	rec := &djsession.Record{Data: new(djsession.Data)}
	opts := &cookiestore.Options{CookieName: "name"}
	if err := cookiestore.New("key", opts).Create(t.Context(), rec); err != nil {
		t.Fatal(err)
	}
	size := len("name") + len(rec.Key)
	for _, limit := range []int{size - 1, size} {
		opts.MaxSize = limit
		var tooLarge *cookiestore.TooLargeError
		if err := cookiestore.New("key", opts).Create(t.Context(), rec); errors.As(err, &tooLarge) != (limit < size) || tooLarge != nil && tooLarge.Size != size {
			t.Errorf("%d bytes where %d fit: got error %v", size, limit, err)
		}
	}
}

func FuzzLoad(f *testing.F) {
	store := cookiestore.New("key", nil)
	rec := &djsession.Record{Data: new(djsession.Data)}
	for range 2 {
		if err := store.Create(f.Context(), rec); err != nil {
			f.Fatal(err)
		}
		f.Add(rec.Key)
		rec.Data.Set("large", strings.Repeat("x", 1000))
	}
	f.Add(".:1r31eq:")
	f.Add(":::")
	f.Fuzz(func(t *testing.T, key string) {
		rec, err := store.Load(t.Context(), key)
		if (rec == nil) != (err != nil) || err != nil && !errors.Is(err, djsession.ErrNotFound) {
			t.Errorf("got %v, %v", rec, err)
		}
		if err != nil && len(key) > 20 && strings.Contains(err.Error(), key) {
			t.Error("the error tells the key")
		}
	})
}
