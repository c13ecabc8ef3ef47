package dbtest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// TestCreateAll creates sessions of which some have keys that are taken, by the
// table or by one before: those stay as they are.
func TestCreateAll(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) }
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		for _, c := range connections[db.Vendor] {
			t.Run(c.name, func(t *testing.T) {
				store := harness(t, db, c).New(t, now).(*dbstore.Store)
				record := func(key string, n int) *djsession.Record {
					rec := &djsession.Record{Key: key, Data: new(djsession.Data), Expires: now().Add(time.Hour)}
					rec.Data.Set("n", n)
					return rec
				}
				if err := store.Create(t.Context(), record("takenbefore", 0)); err != nil {
					t.Fatal(err)
				}
				created, err := store.CreateAll(t.Context(), []*djsession.Record{
					record("newkey01", 1), record("takenbefore", 2), record("newkey02", 3), record("newkey01", 4),
				})
				if want := []bool{true, false, true, false}; err != nil || !slices.Equal(created, want) {
					t.Fatalf("got %v, %v, want %v", created, err, want)
				}
				for key, want := range map[string]int{"takenbefore": 0, "newkey01": 1, "newkey02": 3} {
					rec, err := store.Load(t.Context(), key)
					if err != nil {
						t.Fatalf("%s: %v", key, err)
					}
					if got, _, err := djsession.Get[int](rec.Data, "n"); err != nil || got != want {
						t.Errorf("%s: got %d, %v, want %d", key, got, err, want)
					}
				}
				if created, err := store.CreateAll(t.Context(), []*djsession.Record{record("NO", 1)}); !errors.Is(err, djsession.ErrInvalidKey) {
					t.Errorf("an invalid key: got %v, %v", created, err)
				}
				var many []*djsession.Record
				for i := range 600 {
					many = append(many, record(fmt.Sprintf("manykeys%d", i), i))
				}
				created, err = store.CreateAll(t.Context(), many)
				if err != nil || len(created) != len(many) || slices.Contains(created, false) {
					t.Errorf("many: got %d, %v, want %d created", len(created), err, len(many))
				}
			})
		}
	})
}
