package dbtest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// isolated are connections with another isolation than the database's own:
// transactions that see one moment only fail where others overtake them.
var isolated = map[string][]connection{
	"postgresql": {
		{name: "pq, repeatable read", driver: "postgres", params: "default_transaction_isolation=repeatable%20read"},
		{name: "pq, serializable", driver: "postgres", params: "default_transaction_isolation=serializable"},
		{name: "pgx, serializable", driver: "pgx", params: "default_transaction_isolation=serializable"},
	},
	"mysql": {
		{name: "read committed", driver: "mysql", params: "transaction_isolation=%27READ-COMMITTED%27"},
		{name: "repeatable read", driver: "mysql", params: "transaction_isolation=%27REPEATABLE-READ%27"},
		{name: "serializable", driver: "mysql", params: "transaction_isolation=%27SERIALIZABLE%27"},
	},
	"sqlite": {{name: "without busy timeout", driver: "sqlite"}},
}

// eachIsolation opens two stores on each of those, as two processes would.
func eachIsolation(t *testing.T, test func(t *testing.T, stores [2]*dbstore.Store)) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		plain, dialect := Open(t, db)
		CreateTable(t, plain, db.Vendor)
		for _, c := range isolated[db.Vendor] {
			t.Run(c.name, func(t *testing.T) {
				if _, err := plain.Exec("DELETE FROM django_session"); err != nil {
					t.Fatal(err)
				}
				dsn := db.DSN
				if c.params != "" {
					dsn = with(dsn, transactionParams(t, plain, db.Vendor, c.params))
				}
				var stores [2]*dbstore.Store
				for i := range stores {
					stores[i] = dbstore.New(OpenDriver(t, c.driver, dsn), dialect, djsession.NewCodec("a secret", nil), nil)
					t.Cleanup(func() { stores[i].Close() })
				}
				test(t, stores)
			})
		}
	})
}

// TestMergeUnderIsolation merges changes from many sides into one session:
// none fails and none is lost.
func TestMergeUnderIsolation(t *testing.T) {
	const sides, changes = 6, 10
	eachIsolation(t, func(t *testing.T, stores [2]*dbstore.Store) {
		first := djsession.NewManager(stores[0], nil).New()
		first.Set("a", 1)
		if err := first.Save(t.Context()); err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for side := range sides {
			m := djsession.NewManager(stores[side%2], &djsession.Options{Merge: true})
			group.Go(func() {
				for i := range changes {
					s, err := m.Open(t.Context(), first.Key())
					if err == nil {
						s.Set(fmt.Sprintf("%d_%d", side, i), i)
						err = s.Save(t.Context())
					}
					if err != nil {
						t.Errorf("side %d, change %d: %v", side, i, err)
					}
				}
			})
		}
		group.Wait()
		rec, err := stores[0].Load(t.Context(), first.Key())
		if err != nil || rec.Data.Len() != 1+sides*changes {
			t.Errorf("got %d names, %v, want %d", rec.Data.Len(), err, 1+sides*changes)
		}
	})
}

// TestClearUnderIsolation clears expired sessions while others prolong them:
// each is gone or prolonged, and the walk comes to its end.
func TestClearUnderIsolation(t *testing.T) {
	const expired = 2000
	eachIsolation(t, func(t *testing.T, stores [2]*dbstore.Store) {
		var keys []string
		for range expired {
			keys = append(keys, djsession.NewKey())
		}
		now := time.Now()
		var group sync.WaitGroup
		for part := range 4 {
			group.Go(func() {
				for _, key := range keys[part*expired/4 : (part+1)*expired/4] {
					rec := &djsession.Record{Key: key, Data: new(djsession.Data), Expires: now.Add(-time.Hour)}
					if err := stores[part%2].Create(t.Context(), rec); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		group.Wait()
		ctx, stop := context.WithCancel(t.Context())
		prolonged := make([]int64, 3)
		for part := range prolonged {
			group.Go(func() {
				for i := len(keys) - 1 - part; i >= 0 && ctx.Err() == nil; i -= len(prolonged) {
					rec := &djsession.Record{Key: keys[i], Data: new(djsession.Data), Expires: now.Add(time.Hour)}
					switch err := stores[1].Update(t.Context(), rec); {
					case err == nil:
						prolonged[part]++
					case !errors.Is(err, djsession.ErrNotFound):
						t.Errorf("prolonging: %v", err)
					}
				}
			})
		}
		deleted, err := stores[0].ClearExpired(t.Context(), &djsession.ClearOptions{BatchSize: 100})
		stop()
		group.Wait()
		left, countErr := stores[0].Count(t.Context(), nil)
		if err != nil || countErr != nil || deleted+left != expired || left != prolonged[0]+prolonged[1]+prolonged[2] {
			t.Errorf("%d were deleted and %d are left, %v, %v; %v were prolonged, of %d", deleted, left, err, countErr, prolonged, expired)
		}
	})
}

// TestWalkUnderIsolation walks through all sessions while others save them.
func TestWalkUnderIsolation(t *testing.T) {
	const sessions = 500
	eachIsolation(t, func(t *testing.T, stores [2]*dbstore.Store) {
		var keys []string
		for range sessions {
			rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
			if err := stores[0].Create(t.Context(), rec); err != nil {
				t.Fatal(err)
			}
			keys = append(keys, rec.Key)
		}
		ctx, stop := context.WithCancel(t.Context())
		var group sync.WaitGroup
		for part := range 3 {
			group.Go(func() {
				for i := part; ctx.Err() == nil; i += 3 {
					rec := &djsession.Record{Key: keys[i%sessions], Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
					rec.Data.Set("n", i)
					if err := stores[1].Update(t.Context(), rec); err != nil {
						t.Errorf("saving: %v", err)
						return
					}
				}
			})
		}
		for _, order := range []djsession.Order{djsession.OrderByKey, djsession.OrderAny} {
			n := 0
			for _, err := range stores[0].List(t.Context(), &djsession.ListOptions{Order: order, PageSize: 50}) {
				if err != nil {
					t.Errorf("order %v: %v", order, err)
				}
				n++
			}
			if n != sessions {
				t.Errorf("order %v: met %d sessions, want %d", order, n, sessions)
			}
		}
		stop()
		group.Wait()
	})
}
