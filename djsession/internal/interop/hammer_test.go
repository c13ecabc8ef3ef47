package interop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/rediscache"
	"github.com/djsession/djsession-go/djsession/internal/cachetest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// engine returns the session engine of examples/mergingsessions, which the
// Django side of a merge needs.
func engine(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("../../examples/mergingsessions/merging_sessions.py")
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}

const (
	hammerRounds  = 400
	hammerNames   = 25 // of each writer, beside its counter
	hammerWriters = 4  // on the Go side; Django is one process
)

// TestMergeLosesNothing has Go and Django change different names of one session
// at once, thousands of times.
func TestMergeLosesNothing(t *testing.T) {
	eachServer(t, func(t *testing.T, dj *testenv.Django, db *testenv.Database) {
		store := storeFor(t, dj, db, nil, time.Now)
		m := djsession.NewManager(store, &djsession.Options{Merge: true})
		session := m.New()
		session.Set("start", 1)
		if err := session.Save(t.Context()); err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		for w := range hammerWriters {
			wait.Go(func() {
				for i := range hammerRounds {
					if err := changeOnce(t.Context(), m, session.Key(), fmt.Sprintf("go %d", w), i); err != nil {
						t.Errorf("writer %d: %v", w, err)
						return
					}
				}
			})
		}
		wait.Go(func() {
			dj.Run(t, `
				import types
				module = types.ModuleType("merging_sessions")
				exec(args["engine"], module.__dict__)
				for i in range(args["rounds"]):
					session = module.SessionStore(args["key"])
					session["django"] = i
					session["django %d" % (i % args["names"])] = i
					session.save()
				result = True
			`, map[string]any{"engine": engine(t), "rounds": hammerRounds, "names": hammerNames, "key": session.Key()}, nil)
		})
		wait.Wait()
		rec, err := store.Load(t.Context(), session.Key())
		if err != nil {
			t.Fatal(err)
		}
		if want := 1 + (hammerWriters+1)*(1+hammerNames); rec.Data.Len() != want {
			t.Errorf("%d names, want %d: changes were lost", rec.Data.Len(), want)
		}
		for _, writer := range []string{"go 0", "go 1", "go 2", "go 3", "django"} {
			if v, _, _ := djsession.Get[int](rec.Data, writer); v != hammerRounds-1 {
				t.Errorf("%s is %d, want %d", writer, v, hammerRounds-1)
			}
			for i := hammerRounds - hammerNames; i < hammerRounds; i++ {
				name := fmt.Sprintf("%s %d", writer, i%hammerNames)
				if v, _, _ := djsession.Get[int](rec.Data, name); v != i {
					t.Errorf("%s is %d, want %d", name, v, i)
				}
			}
		}
	})
}

// changeOnce is a request: it reads the session, changes its own names, and
// saves.
func changeOnce(ctx context.Context, m *djsession.Manager, key, name string, i int) error {
	s, err := m.Open(ctx, key)
	if err != nil {
		return err
	}
	s.Set(name, i)
	s.Set(fmt.Sprintf("%s %d", name, i%hammerNames), i)
	return s.Save(ctx)
}

// TestLogoutIsNeverUndone has saves race with a logout, from either side, with
// and without Merge.
func TestLogoutIsNeverUndone(t *testing.T) {
	eachServer(t, func(t *testing.T, dj *testenv.Django, db *testenv.Database) {
		logoutIsNeverUndone(t, dj, storeFor(t, dj, db, nil, time.Now))
	})
	dj := testenv.GetDjango(t, "5.2")
	cache := rediscache.New(cachetest.Client(t, dj.Redis(t).Addr()), nil)
	t.Run("cache", func(t *testing.T) {
		dj, opts := redisSites[0].on(t, dj)
		logoutIsNeverUndone(t, dj.With(testenv.Settings{"SESSION_ENGINE": testenv.EngineCache}), cachestore.New(cache, opts))
	})
	t.Run("cached_db", func(t *testing.T) {
		db := testenv.PostgreSQL(t).Database(t)
		dj, opts := redisSites[0].on(t, dj.On(t, db))
		dj = dj.With(testenv.Settings{"SESSION_ENGINE": testenv.EngineCachedDB})
		dj.Migrate(t)
		logoutIsNeverUndone(t, dj, cachestore.NewCachedDB(storeFor(t, dj, db, nil, time.Now), cache, &cachestore.CachedDBOptions{Options: *opts, CacheTimeout: time.Minute}))
	})
}

func logoutIsNeverUndone(t *testing.T, dj *testenv.Django, store djsession.Store) {
	for round := range 40 {
		m := djsession.NewManager(store, &djsession.Options{Merge: round%2 == 0})
		session := m.New()
		session.Set("_auth_user_id", "42")
		if err := session.Save(t.Context()); err != nil {
			t.Fatal(err)
		}
		key := session.Key()
		start := make(chan struct{})
		var wait sync.WaitGroup
		for w := range hammerWriters {
			wait.Go(func() {
				<-start
				for i := range 20 {
					err := changeOnce(t.Context(), m, key, fmt.Sprint(w), i)
					if errors.Is(err, djsession.ErrNotFound) || errors.Is(err, djsession.ErrInterrupted) {
						return
					}
					if err != nil {
						t.Errorf("a save failed: %v", err)
					}
				}
			})
		}
		wait.Go(func() {
			<-start
			if round%4 < 2 {
				dj.Run(t, `store(args["key"]).flush()`, map[string]any{"key": key}, nil)
			} else if s, err := m.Open(t.Context(), key); err != nil || s.Flush(t.Context()) != nil {
				t.Errorf("the logout failed: %v", err)
			}
		})
		close(start)
		wait.Wait()
		if dj.Exists(t, key) {
			t.Fatalf("round %d: the session came back after the logout", round)
		}
	}
}

// eachServer runs a test on the databases that serve many at once.
func eachServer(t *testing.T, test func(t *testing.T, dj *testenv.Django, db *testenv.Database)) {
	for _, server := range []struct {
		name string
		get  func(testing.TB) *testenv.Server
	}{{"postgresql", testenv.NewPostgreSQL}, {"mysql", testenv.MySQL}, {"mariadb", testenv.MariaDB}} {
		t.Run(server.name, func(t *testing.T) {
			db := server.get(t).Database(t)
			dj := testenv.GetDjango(t, "5.2").On(t, db).With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": true})
			dj.Migrate(t)
			test(t, dj, db)
		})
	}
}
