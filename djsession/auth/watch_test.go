package auth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/authtest"
	"github.com/djsession/djsession-go/djsession/memstore"
)

// manyUsers finds many at once, counts that, and fails.
type manyUsers struct {
	*authtest.Users
	mu    sync.Mutex
	fail  error
	asked [][]string
}

func (m *manyUsers) UsersByID(ctx context.Context, ids []string) (map[string]*auth.User, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked = append(m.asked, slices.Sorted(slices.Values(ids)))
	found := make(map[string]*auth.User)
	for _, id := range ids {
		if u, err := m.UserByID(ctx, id); err == nil {
			found[id] = u
		}
	}
	return found, m.fail
}

// TestJudge ends a watch when the session's login is no longer good, for each
// reason, by a finder of many users and by one of each.
func TestJudge(t *testing.T) {
	type change struct {
		users *authtest.Users
		alice *auth.User
		store *memstore.Store
		key   string
	}
	set := func(name string, value any) func(t *testing.T, c change) {
		return func(t *testing.T, c change) {
			err := c.store.Modify(t.Context(), c.key, func(rec *djsession.Record) error {
				if value == nil {
					rec.Data.Delete(name)
				} else {
					rec.Data.Set(name, value)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		reason    string
		anonymous bool
		do        func(t *testing.T, c change)
		want      error // nil: the watch goes on
	}{
		{"nothing", false, func(*testing.T, change) {}, nil},
		{"another value", false, set("cart", 1), nil},
		{"the password changed", false, func(_ *testing.T, c change) { c.alice.Password = "new"; c.users.Put(c.alice) }, auth.ReasonHashWrong},
		{"inactive", false, func(_ *testing.T, c change) { c.alice.IsActive = false; c.users.Put(c.alice) }, auth.ReasonInactive},
		{"removed", false, func(_ *testing.T, c change) { c.users.Remove(c.alice.ID) }, auth.ReasonNoSuchUser},
		{"logged out in place", false, set("_auth_user_id", nil), auth.ReasonNoLogin},
		{"another user", false, set("_auth_user_id", "2"), auth.ReasonUserChanged},
		{"another backend", false, set("_auth_user_backend", "x"), auth.ReasonBackendNotAllowed},
		{"no hash", false, set("_auth_user_hash", nil), auth.ReasonHashMissing},
		{"another kind of hash", false, set("_auth_user_hash", "ab"), auth.ReasonHashForeign},
		{"an id that is none", false, set("_auth_user_id", "x"), auth.ReasonBadID},
		{"anonymous, and nothing", true, set("cart", 1), nil},
	} {
		for _, many := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, many: %t", c.reason, many), func(t *testing.T) {
				alice := &auth.User{ID: "1", Username: "alice", IsActive: true}
				users := authtest.NewUsers(alice, &auth.User{ID: "2", Username: "bob", IsActive: true})
				var finder auth.UserFinder = users
				if many {
					finder = &manyUsers{Users: users}
				}
				store := memstore.New(nil)
				m := djsession.NewManager(store, nil)
				login := auth.New(finder, secret, nil)
				s := m.New()
				if !c.anonymous {
					if err := login.Login(t.Context(), s, alice); err != nil {
						t.Fatal(err)
					}
				}
				s.Set("cart", 0)
				if err := s.Save(t.Context()); err != nil {
					t.Fatal(err)
				}
				w := djsession.NewWatcher(m, &djsession.WatchOptions{Interval: 2 * time.Millisecond, Judge: login.Judge()})
				defer w.Close()
				ctx, cancel := w.Watch(t.Context(), s)
				defer cancel()
				time.Sleep(10 * time.Millisecond)
				if ctx.Err() != nil {
					t.Fatalf("ended before: %v", context.Cause(ctx))
				}
				c.do(t, change{users, alice, store, s.Key()})
				if c.want == nil {
					time.Sleep(20 * time.Millisecond)
					if ctx.Err() != nil {
						t.Errorf("ended: %v", context.Cause(ctx))
					}
					return
				}
				select {
				case <-ctx.Done():
				case <-time.After(20 * time.Second):
					t.Fatal("the watch goes on")
				}
				if err := context.Cause(ctx); !errors.Is(err, c.want) {
					t.Errorf("got %v, want %v", err, c.want)
				}
				if _, err := store.Load(t.Context(), s.Key()); err != nil {
					t.Errorf("the session was changed: %v", err)
				}
			})
		}
	}
}

// TestJudgeAsksOnce: all sessions of a look cost one question about their
// users, each of whom is named once, and an outage ends none of them.
func TestJudgeAsksOnce(t *testing.T) {
	alice, bob := &auth.User{ID: "1", Username: "alice", IsActive: true}, &auth.User{ID: "2", Username: "bob", IsActive: true}
	users := &manyUsers{Users: authtest.NewUsers(alice, bob), fail: fmt.Errorf("down: %w", djsession.ErrUnavailable)}
	login := auth.New(users, secret, nil)
	m := djsession.NewManager(memstore.New(nil), nil)
	w := djsession.NewWatcher(m, &djsession.WatchOptions{Interval: time.Hour, Judge: login.Judge(), Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	defer w.Close()
	var watches []context.Context
	for _, u := range []*auth.User{alice, bob, alice, alice} {
		s := m.New()
		if err := login.Login(t.Context(), s, u); err != nil {
			t.Fatal(err)
		}
		if err := s.Save(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := w.Watch(t.Context(), s)
		defer cancel()
		watches = append(watches, ctx)
	}
	asked := func() [][]string {
		users.mu.Lock()
		defer users.mu.Unlock()
		return users.asked
	}
	wait := func(what string, holds func() bool) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); !holds(); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("not in time: %s", what)
			}
		}
	}
	wait("both users", func() bool { last := asked(); return len(last) > 0 && len(last[len(last)-1]) > 0 })
	time.Sleep(10 * time.Millisecond)
	before := len(asked())
	w.Notify()
	wait("a question", func() bool { return len(asked()) > before })
	time.Sleep(10 * time.Millisecond)
	if got := asked()[before:]; len(got) != 1 || !slices.Equal(got[0], []string{"1", "2"}) {
		t.Errorf("a look asks for %v", got)
	}
	for i, ctx := range watches {
		if ctx.Err() != nil {
			t.Errorf("an outage ended watch %d: %v", i, context.Cause(ctx))
		}
	}
}

// TestJudgeGoesOn: a user who cannot be judged does not keep the watches of
// others.
func TestJudgeGoesOn(t *testing.T) {
	fails := errors.New("it cannot be found out")
	s := newSite(someUsers(), &auth.Options{Accept: func(_ context.Context, u *auth.User) error {
		if u.ID == "1" {
			return fails
		}
		return nil
	}})
	judge := s.auth.Judge()
	var claims []any
	for _, id := range []string{"1", "3"} {
		session := s.session(t, s.login(id))
		rec, err := s.store.Load(t.Context(), session.Key())
		if err != nil {
			t.Fatal(err)
		}
		claim, err := judge.Claim(judge.Begin(session), rec)
		if err != nil {
			t.Fatal(err)
		}
		claims = append(claims, claim)
	}
	ended := make(map[int]error)
	err := judge.Check(t.Context(), claims, func(i int, why error) { ended[i] = why })
	if !errors.Is(err, fails) {
		t.Errorf("got error %v, want %v", err, fails)
	}
	if len(ended) != 1 || !errors.Is(ended[1], auth.ReasonInactive) {
		t.Errorf("ended %v, want the second by %v", ended, auth.ReasonInactive)
	}
}
