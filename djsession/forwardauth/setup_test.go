package forwardauth_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/forwardauth"
	"github.com/djsession/djsession-go/djsession/memstore"
)

// users are a site's: 42 alice (staff, of a group), 43 bob, 44 carol (not
// active), and others for what their names hold.
type users struct {
	mu   sync.Mutex
	byID map[string]auth.User
	down atomic.Bool
	asks atomic.Int32
}

func (u *users) PK() auth.PK { return auth.PKInt }

func (u *users) UserByID(_ context.Context, id string) (*auth.User, error) {
	u.asks.Add(1)
	if u.down.Load() {
		return nil, djsession.ErrUnavailable
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	found, ok := u.byID[id]
	if !ok {
		return nil, auth.ReasonNoSuchUser
	}
	return &found, nil
}

func (u *users) Groups(_ context.Context, user *auth.User) ([]string, error) {
	if g, ok := map[string][]string{"42": {"editors", "Authors"}, "49": {"a,b"}}[user.ID]; ok {
		return g, nil
	}
	return nil, nil
}

func (u *users) Permissions(_ context.Context, user *auth.User) ([]string, error) {
	if user.ID == "42" {
		return []string{"shop.change_order"}, nil
	}
	return nil, nil
}

// A store is a memstore that can hang or fail.
type store struct {
	djsession.Store
	fail atomic.Pointer[error]
	hang atomic.Bool

	login atomic.Bool // the test itself writes

	gets atomic.Int32
}

func (s *store) Load(ctx context.Context, key string) (*djsession.Record, error) {
	s.gets.Add(1)
	if s.hang.Load() {
		<-ctx.Done()
		return nil, errors.Join(djsession.ErrUnavailable, ctx.Err())
	}
	if err := s.fail.Load(); err != nil {
		return nil, *err
	}
	return s.Store.Load(ctx, key)
}

func (s *store) Update(ctx context.Context, rec *djsession.Record) error {
	s.mayWrite()
	return s.Store.Update(ctx, rec)
}

func (s *store) Delete(ctx context.Context, key string) error {
	s.mayWrite()
	return s.Store.Delete(ctx, key)
}

func (s *store) mayWrite() {
	if !s.login.Load() {
		panic("forward auth writes")
	}
}

// A site has sessions and users, and a handler that answers about them.
type site struct {
	t        testing.TB
	store    *store
	users    *users
	sessions *djsession.Manager
	login    *auth.Auth
	log      *strings.Builder
	now      time.Time
}

const secret = "the site's secret key"

func newSite(t testing.TB) *site {
	s := &site{t: t, store: &store{Store: memstore.New(nil)}, log: new(strings.Builder), now: time.Unix(1_800_000_000, 0)}
	s.users = &users{byID: map[string]auth.User{
		"42": {ID: "42", Username: "alice", Email: "alice@example.com", FirstName: "Alice", LastName: "Liddell", IsActive: true, IsStaff: true},
		"43": {ID: "43", Username: "bob", Email: "bob@example.com", IsActive: true},
		"44": {ID: "44", Username: "carol", IsActive: false},
		"45": {ID: "45", Username: "Zoë, \"Inc\"", IsActive: true},
		"46": {ID: "46", Username: "new\r\nX-Evil: line", IsActive: true},
		"47": {ID: "47", Username: " alice", IsActive: true},
		"48": {ID: "48", Username: "", IsActive: true},
		"49": {ID: "49", Username: "grouped", IsActive: true},
		"50": {ID: "50", Username: strings.Repeat("x", 9000), IsActive: true},
		"51": {ID: "51", Username: "bad\xff", IsActive: true},
		"52": {ID: "52", Username: "root", IsActive: true, IsSuperuser: true},
	}}
	s.sessions = djsession.NewManager(s.store, &djsession.Options{Logger: slog.New(slog.DiscardHandler), Now: s.clock})
	s.login = auth.New(s.users, secret, &auth.Options{KeepLastLogin: true, HashesProven: true})
	return s
}

func (s *site) clock() time.Time { return s.now }

// handler makes a handler that logs into s.log.
func (s *site) handler(opts forwardauth.Options) *forwardauth.Handler {
	s.t.Helper()
	opts.Logger = slog.New(slog.NewTextHandler(s.log, nil))
	opts.Now = s.clock
	h, err := forwardauth.New(s.sessions, s.login, &opts)
	if err != nil {
		s.t.Fatal(err)
	}
	return h
}

// as logs a user in and returns the session's key.
func (s *site) as(id string) string {
	s.t.Helper()
	s.store.login.Store(true)
	defer s.store.login.Store(false)
	session := s.sessions.New()
	s.users.mu.Lock()
	user, ok := s.users.byID[id]
	s.users.mu.Unlock()
	if !ok {
		user = auth.User{ID: id}
	}
	if err := s.login.Login(s.t.Context(), session, &user); err != nil {
		s.t.Fatal(err)
	}
	if err := session.Save(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	return session.Key()
}

const browser = "text/html,application/xhtml+xml"

// asks is a request of a family about GET https://app.example/p?q=1.
func asks(family forwardauth.Family, endpoint string) *http.Request {
	switch family {
	case forwardauth.XOriginal:
		r := httptest.NewRequest("GET", endpoint, nil)
		r.Header.Set("X-Original-URL", "https://app.example/p?q=1")
		r.Header.Set("X-Original-Method", "GET")
		return r
	case forwardauth.EnvoyPath:
		return httptest.NewRequest("GET", endpoint+"/p?q=1", nil)
	}
	r := httptest.NewRequest("GET", endpoint, nil)
	for name, value := range map[string]string{"Method": "GET", "Uri": "/p?q=1", "Host": "app.example", "Proto": "https"} {
		r.Header.Set("X-Forwarded-"+name, value)
	}
	return r
}

func with(r *http.Request, headers ...string) *http.Request {
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

func cookie(key string) string { return "sessionid=" + key }

func answerTo(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
