package auth_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/djsession/pickled"
	"github.com/djsession/djsession-go/signing"
)

// TestNobody has sessions that are no login, and what becomes of them.
func TestNobody(t *testing.T) {
	good := newSite(someUsers(), nil).login("1")
	change := func(name, json string) string {
		var all []string
		for part := range strings.SplitSeq(strings.Trim(good, "{}"), ",") {
			if strings.HasPrefix(part, `"`+name+`"`) {
				if json == "" {
					continue
				}
				part = `"` + name + `":` + json
			}
			all = append(all, part)
		}
		return "{" + strings.Join(all, ",") + "}"
	}
	for _, c := range []struct {
		reason, session string
		want            auth.Reason
		flushed         bool
	}{
		{"an anonymous session", `{"cart":[1]}`, auth.ReasonNoLogin, false},
		{"an empty one", `{}`, auth.ReasonNoLogin, false},
		{"without an id", change("_auth_user_id", ""), auth.ReasonNoLogin, false},
		{"without a backend", change("_auth_user_backend", ""), auth.ReasonNoLogin, false},
		{"only an id, as who cuts payloads apart writes it", `{"_auth_user_id":"1"}`, auth.ReasonNoLogin, false},
		{"without a hash", change("_auth_user_hash", ""), auth.ReasonHashMissing, true},
		{"an empty hash", change("_auth_user_hash", `""`), auth.ReasonHashMissing, true},
		{"a null hash", change("_auth_user_hash", `null`), auth.ReasonHashMissing, true},
		{"a list for a hash", change("_auth_user_hash", `["a"]`), auth.ReasonHashMissing, true},
		{"another hash", change("_auth_user_hash", `"`+strings.Repeat("0", 64)+`"`), auth.ReasonHashWrong, true},
		{"half of the hash", strings.Replace(good, good[len(good)-34:len(good)-2], "", 1), auth.ReasonHashForeign, true},
		{"the hash and more", good[:len(good)-2] + `0"}`, auth.ReasonHashForeign, true},
		{"the hash of another user", change("_auth_user_id", `"2"`), auth.ReasonHashWrong, true},
		{"a huge hash", change("_auth_user_hash", `"`+strings.Repeat("a", 1<<20)+`"`), auth.ReasonHashForeign, true},
		{"a backend that is not allowed", change("_auth_user_backend", `"some.other.Backend"`), auth.ReasonBackendNotAllowed, false},
		{"a backend that is allowed elsewhere", change("_auth_user_backend", `"`+auth.AllowAllUsersBackend+`"`), auth.ReasonBackendNotAllowed, false},
		{"a number for a backend", change("_auth_user_backend", `1`), auth.ReasonBackendNotAllowed, false},
		{"a user who is gone", change("_auth_user_id", `"99"`), auth.ReasonNoSuchUser, false},
		{"a negative id", change("_auth_user_id", `"-1"`), auth.ReasonNoSuchUser, false},
		{"an id that is no number", change("_auth_user_id", `"abc"`), auth.ReasonBadID, false},
		{"an empty id", change("_auth_user_id", `""`), auth.ReasonBadID, false},
		{"a null id", change("_auth_user_id", `null`), auth.ReasonBadID, false},
		{"a list for an id", change("_auth_user_id", `[1]`), auth.ReasonBadID, false},
		{"an object for an id", change("_auth_user_id", `{"a":1}`), auth.ReasonBadID, false},
		{"an id of a million digits", change("_auth_user_id", `"`+strings.Repeat("1", 1e6)+`"`), auth.ReasonBadID, false},
		{"an integer of 4000 digits", change("_auth_user_id", strings.Repeat("1", 4000)), auth.ReasonBadID, false},
		{"a user who is inactive", newSite(someUsers(), nil).login("3"), auth.ReasonInactive, false},
	} {
		t.Run(c.reason, func(t *testing.T) {
			s := newSite(someUsers(), nil)
			session := s.session(t, c.session)
			key, before := session.Key(), text(t, session)
			u, err := s.auth.User(t.Context(), session)
			if u != nil || !errors.Is(err, c.want) || !errors.Is(err, auth.ErrNotLoggedIn) || strings.Contains(err.Error(), secret) {
				t.Fatalf("got %v, %v; want %v", u, err, c.want)
			}
			if s.stored(t, key) == c.flushed || session.Modified() != c.flushed {
				t.Errorf("stored: %v, modified: %v", s.stored(t, key), session.Modified())
			}
			if !c.flushed && (session.Key() != key || text(t, session) != before) {
				t.Errorf("the session is now %s", text(t, session))
			}
			if c.flushed && !session.IsEmpty() {
				t.Errorf("the session was not flushed: %s", text(t, session))
			}
		})
	}
}

// TestReadOnlyLeavesSessionsAlone has what User would flush or rotate, where it
// must not.
func TestReadOnlyLeavesSessionsAlone(t *testing.T) {
	for _, readOnly := range []string{"manager", "auth"} {
		users := someUsers()
		s := newSite(users, &auth.Options{ReadOnly: readOnly == "auth", Fallbacks: []string{"old key"}})
		m := djsession.NewManager(s.store, &djsession.Options{ReadOnly: readOnly == "manager"})
		alice := users.users["1"]
		old := strings.Replace(s.login("1"), s.auth.SessionHash(&alice), auth.New(users, "old key", nil).SessionHash(&alice), 1)
		for _, c := range []struct {
			reason, session string
			want            error
		}{
			{"a wrong hash", strings.Replace(s.login("1"), `hash":"`, `hash":"0`, 1), auth.ReasonHashForeign},
			{"another user's hash", strings.Replace(s.login("1"), `"1"`, `"2"`, 1), auth.ReasonHashWrong},
			{"no hash", strings.Replace(s.login("1"), `hash"`, `no_hash"`, 1), auth.ReasonHashMissing},
			{"a hash under a fallback key", old, nil},
		} {
			session := s.open(t, m, c.session)
			key := session.Key()
			u, err := s.auth.User(t.Context(), session)
			if err != c.want || (u == nil) != (c.want != nil) {
				t.Errorf("%s, %s: got %v, %v", readOnly, c.reason, u, err)
			}
			if session.Key() != key || session.Modified() || !s.stored(t, key) || text(t, session) != c.session {
				t.Errorf("%s, %s: the session was changed", readOnly, c.reason)
			}
		}
	}
}

// TestOutageIsNotNobody: a database or store that fails logs nobody out.
func TestOutageIsNotNobody(t *testing.T) {
	users := someUsers()
	s := newSite(users, nil)
	session := s.session(t, s.login("1"))
	key := session.Key()
	users.fail = fmt.Errorf("down: %w", djsession.ErrUnavailable)
	if u, err := s.auth.User(t.Context(), session); u != nil || !errors.Is(err, djsession.ErrUnavailable) || errors.Is(err, auth.ErrNotLoggedIn) {
		t.Errorf("got %v, %v", u, err)
	}
	users.fail = nil
	if u, err := s.auth.User(t.Context(), session); err != nil || u.Username != "alice" || session.Key() != key {
		t.Errorf("afterwards: got %v, %v", u, err)
	}
	if _, err := auth.New(users, "", nil).User(t.Context(), session); !errors.Is(err, signing.ErrNoKey) {
		t.Errorf("without a key: got %v", err)
	}
}

// TestKinds has good logins of all sorts.
func TestKinds(t *testing.T) {
	uuid := "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
	for _, c := range []struct {
		reason, id string
		pk         auth.PK
		json       string // of the id in the session
		backend    string
		opts       auth.Options
		inactive   bool
		password   string
	}{
		{reason: "an int", id: "42", json: `"42"`},
		{reason: "a number, of Django up to 1.7", id: "42", json: `42`},
		{reason: "a bigint", id: "9223372036854775807", json: `"9223372036854775807"`},
		{reason: "a UUID", id: uuid, pk: auth.PKUUID, json: `"` + uuid + `"`},
		{reason: "a UUID without hyphens", id: uuid, pk: auth.PKUUID, json: `"F81D4FAE7DEC11D0A76500A0C91E6BF6"`},
		{reason: "text", id: "é x", pk: auth.PKText, json: `"\u00e9 x"`},
		{reason: "text that is a number", id: "007", pk: auth.PKText, json: `"007"`},
		{reason: "another backend", id: "1", json: `"1"`, backend: "my.Backend", opts: auth.Options{Backends: []string{auth.ModelBackend, "my.Backend"}}},
		{reason: "AllowAllUsersModelBackend", id: "1", json: `"1"`, backend: auth.AllowAllUsersBackend, inactive: true,
			opts: auth.Options{Backends: []string{auth.AllowAllUsersBackend}}},
		{reason: "a backend of the site's that lets inactive users in", id: "1", json: `"1"`, backend: "my.Backend", inactive: true,
			opts: auth.Options{Backends: []string{"my.Backend"}, InactiveBackends: []string{"my.Backend"}}},
		{reason: "rubbish for a password column", id: "1", json: `"1"`, password: "\x00\xff$$" + strings.Repeat("$", 1<<20)},
		{reason: "an empty one", id: "1", json: `"1"`, password: "-"},
		{reason: "SHA-1", id: "1", json: `"1"`, opts: auth.Options{Algorithm: signing.SHA1}},
		{reason: "a key salt of the model's own", id: "1", json: `"1"`, opts: auth.Options{HashSalt: "people.User", Algorithm: signing.SHA1}},
		{reason: "a whole hash of the model's own", id: "1", json: `"1"`, opts: auth.Options{SessionHash: plainHash}},
		{reason: "a model without a hash", id: "1", json: `"1"`, opts: auth.Options{NoSessionHash: true}},
		{reason: "a hash of the model's own input", id: "1", json: `"1"`, opts: auth.Options{HashInput: func(u *auth.User) string { return string(u.Password) + u.Email }}},
	} {
		user := auth.User{ID: c.id, Username: "x", Password: "p", Email: "e", IsActive: !c.inactive}
		if c.password != "" {
			user.Password = auth.EncodedPassword(strings.TrimPrefix(c.password, "-"))
		}
		users := &fakeUsers{pk: c.pk, users: map[string]auth.User{c.id: user}}
		s := newSite(users, &c.opts)
		if c.backend == "" {
			c.backend = auth.ModelBackend
		}
		session := s.session(t, fmt.Sprintf(`{"_auth_user_id":%s,"_auth_user_backend":%q,"_auth_user_hash":%q}`, c.json, c.backend, s.auth.SessionHash(&user)))
		u, err := s.auth.User(t.Context(), session)
		if err != nil || u.ID != c.id || u.Backend != c.backend || session.Modified() {
			t.Errorf("%s: got %v, %v", c.reason, u, err)
		}
	}
}

// TestPickledLogin has ids as Python 2 wrote them.
func TestPickledLogin(t *testing.T) {
	for _, id := range []any{int64(1), big.NewInt(1), "1", 1} {
		users := someUsers()
		s := newSite(users, nil)
		s.store = memstore.New(&memstore.Options{Serializer: pickled.New(nil)})
		m := djsession.NewManager(s.store, nil)
		alice := users.users["1"]
		session := m.New()
		session.Set("_auth_user_id", id)
		session.Set("_auth_user_backend", auth.ModelBackend)
		session.Set("_auth_user_hash", s.auth.SessionHash(&alice))
		if err := session.Save(t.Context()); err != nil {
			t.Fatal(err)
		}
		again, err := m.Open(t.Context(), session.Key())
		if err != nil {
			t.Fatal(err)
		}
		if u, err := s.auth.User(t.Context(), again); err != nil || u.ID != "1" {
			t.Errorf("%T: got %v, %v", id, u, err)
		}
		if n, err := s.auth.LogoutEverywhere(t.Context(), s.store, "1", ""); n != 1 || err != nil {
			t.Errorf("%T: ended %d sessions, %v", id, n, err)
		}
	}
}

// FuzzUser: whatever a session holds, nobody is found whose hash it does not
// hold, and what was not flushed is unchanged.
func FuzzUser(f *testing.F) {
	good := newSite(someUsers(), nil).login("1")
	for _, seed := range []string{good, strings.Replace(good, `"1"`, "1", 1), strings.Replace(good, `"1"`, `"2"`, 1), `{"_auth_user_id":[],"_auth_user_backend":{}}`, `{}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, json string) {
		data, err := djsession.JSON.Loads(json)
		if err != nil {
			return
		}
		users := someUsers()
		s := newSite(users, nil)
		if err := s.store.Create(t.Context(), &djsession.Record{Key: "12345678", Data: data, Expires: time.Now().Add(time.Hour)}); err != nil {
			return // what cannot be written back
		}
		session, err := s.sessions.Open(t.Context(), "12345678")
		if err != nil {
			t.Fatal(err)
		}
		before := text(t, session)
		hash, _ := session.Text("_auth_user_hash")
		u, err := s.auth.User(t.Context(), session)
		if (u == nil) != errors.Is(err, auth.ErrNotLoggedIn) || u != nil && (err != nil || !u.IsActive || s.auth.SessionHash(u) != hash) {
			t.Errorf("got %v, %v", u, err)
		}
		if flushed := err == auth.ReasonHashMissing || errors.Is(err, auth.ReasonHashWrong); flushed != session.IsEmpty() || !flushed && text(t, session) != before {
			t.Errorf("%v left %s", err, text(t, session))
		}
	})
}

// TestPasswordsStayHidden prints a user in all ways.
func TestPasswordsStayHidden(t *testing.T) {
	u := &auth.User{ID: "1", Password: "pbkdf2_sha256$secret"}
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&b, verb+"\n"+verb+"\n", u, u.Password)
	}
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "user", u, "password", u.Password)
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "user", u, "password", u.Password)
	if err := json.NewEncoder(&b).Encode([]any{u, u.Password}); err != nil {
		t.Fatal(err)
	}
	site := newSite(someUsers(), &auth.Options{Fallbacks: []string{"pbkdf2 as a key"}})
	session := site.session(t, site.login("1"))
	r := httptest.NewRequest("GET", "/", nil)
	r.AddCookie(&http.Cookie{Name: "sessionid", Value: session.Key()})
	site.sessions.Handler(site.auth.RequireUser(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(&b, "%v %+v %v", r.Context(), r.Context(), site.auth)
	}))).ServeHTTP(httptest.NewRecorder(), r)
	hex := fmt.Sprintf("%x", "pbkdf2")
	if s := b.String(); strings.Contains(s, "pbkdf2") || strings.Contains(s, hex) || strings.Contains(s, session.Key()) || strings.Contains(s, secret) {
		t.Error(s)
	}
}

// TestUserInJSON has Django's names, and no password.
func TestUserInJSON(t *testing.T) {
	last := time.Date(2026, 11, 30, 20, 0, 0, 123456000, time.UTC)
	for _, c := range []struct {
		reason string
		user   auth.User
		want   string
	}{
		{"all fields", auth.User{ID: "42", Username: "ann", Password: "pbkdf2", IsActive: true, Email: "a@example.com", LastLogin: last,
			Extra: map[string]int{"tenant": 7}, Backend: auth.ModelBackend},
			`{"id":"42","username":"ann","is_active":true,"is_staff":false,"is_superuser":false,"email":"a@example.com","first_name":"",` +
				`"last_name":"","last_login":"2026-11-30T20:00:00.123456Z","extra":{"tenant":7}}`},
		{"the zero user", auth.User{},
			`{"id":"","username":"","is_active":false,"is_staff":false,"is_superuser":false,"email":"","first_name":"","last_name":""}`},
	} {
		if got, err := json.Marshal(&c.user); err != nil || string(got) != c.want {
			t.Errorf("%s: got %s, %v; want %s", c.reason, got, err, c.want)
		}
	}
}
