package djsession_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/djsession/storetest"
)

// plainStore is what every store can do, and no more.
type plainStore struct{ djsession.Store }

// modifyingStore is a Modifier, and no Rekeyer.
type modifyingStore struct {
	djsession.Store
	djsession.Modifier
}

// TestStoresThatCannotRekey holds what Rekey does without a Rekeyer to the same
// rules.
func TestStoresThatCannotRekey(t *testing.T) {
	for _, row := range []struct {
		reason string
		less   func(s *memstore.Store) djsession.Store
	}{
		{"by its Update", func(s *memstore.Store) djsession.Store { return plainStore{s} }},
		{"by its Modify", func(s *memstore.Store) djsession.Store { return modifyingStore{s, s} }},
	} {
		t.Run(row.reason, func(t *testing.T) {
			storetest.Run(t, storetest.Harness{New: func(_ testing.TB, now func() time.Time) djsession.Store {
				return row.less(memstore.New(&memstore.Options{Now: now}))
			}})
		})
	}
}

// failingDelete cannot delete one more session, and forgets the one that it is
// asked to update.
type failingDelete struct{ *memstore.Store }

func (s failingDelete) Update(context.Context, *djsession.Record) error { return djsession.ErrNotFound }

func (s failingDelete) Delete(context.Context, string) error { return djsession.ErrUnavailable }

func TestRekeySaysWhatItLeaves(t *testing.T) {
	store := plainStore{failingDelete{memstore.New(nil)}}
	rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
	err := djsession.Rekey(t.Context(), store, djsession.NewKey(), rec)
	if !errors.Is(err, djsession.ErrNotFound) || !errors.Is(err, djsession.ErrUnavailable) {
		t.Errorf("got error %v, want one that matches ErrNotFound and ErrUnavailable", err)
	}
}

// TestDeletedWhileTheRequestRuns: whatever a request has done to its session,
// if that was deleted elsewhere the answer is Django's 400, with no cookie, and
// nothing is stored.
func TestDeletedWhileTheRequestRuns(t *testing.T) {
	save := func(ctx context.Context, s *djsession.Session) error { return s.Save(ctx) }
	cycle := func(ctx context.Context, s *djsession.Session) error { return s.CycleKey(ctx) }
	create := func(ctx context.Context, s *djsession.Session) error { return s.Create(ctx) }
	for _, row := range []struct {
		reason        string
		before, after func(ctx context.Context, s *djsession.Session) error
		want          error // of after
	}{
		{"deleted, then a new key", nil, cycle, djsession.ErrInterrupted},
		{"deleted, then saved", nil, func(ctx context.Context, s *djsession.Session) error {
			s.Set("a", 2)
			return s.Save(ctx)
		}, djsession.ErrInterrupted},
		{"saved, then deleted", save, nil, nil},
		{"a new key, then deleted", cycle, nil, nil},
		{"created again, then deleted", create, nil, nil},
	} {
		for _, merge := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, merge %v", row.reason, merge), func(t *testing.T) {
				s := newSite(t)
				s.opts.Merge = merge
				key := s.stored(time.Hour, "a", 1)
				m := djsession.NewManager(s.store, &s.opts)
				w := s.serve("sessionid="+key, func(w http.ResponseWriter, r *http.Request) {
					session, err := djsession.FromRequest(r)
					if err == nil && row.before != nil {
						session.Set("b", 2)
						err = row.before(r.Context(), session)
					}
					if err != nil {
						t.Fatal(err)
					}
					if err := m.Delete(t.Context(), session.Key()); err != nil {
						t.Fatal(err)
					}
					if row.after == nil {
						return
					}
					if err := row.after(r.Context(), session); !errors.Is(err, row.want) {
						t.Errorf("got error %v, want %v", err, row.want)
					} else if err != nil {
						djsession.Error(w, r, err)
					}
				})
				if w.Code != http.StatusBadRequest || w.Header().Get("Set-Cookie") != "" {
					t.Errorf("got status %d and cookie %q, want 400 and none", w.Code, w.Header().Get("Set-Cookie"))
				}
				left := 0
				for rec, err := range s.store.List(t.Context(), nil) {
					if err != nil {
						t.Fatal(err)
					}
					if row.reason != "created again, then deleted" || rec.Key != key { // what is stored under the old key stays
						left++
					}
				}
				if left > 0 {
					t.Errorf("%d sessions are left, want none", left)
				}
			})
		}
	}
}

// A session that was stored, and has ended by its own word, is no logout.
func TestStoredWithAnExpiryInThePast(t *testing.T) {
	s := newSite(t)
	key := s.stored(time.Hour, "a", 1)
	w := s.serve("sessionid="+key, func(w http.ResponseWriter, r *http.Request) {
		session, err := djsession.FromRequest(r)
		if err != nil {
			t.Fatal(err)
		}
		session.SetExpiry(djsession.ExpireAfter(-time.Hour))
		if err := session.Save(r.Context()); err != nil {
			t.Error(err)
		}
	})
	if w.Code != http.StatusOK || w.Header().Get("Set-Cookie") == "" {
		t.Errorf("got status %d and cookie %q, want 200 and one", w.Code, w.Header().Get("Set-Cookie"))
	}
}
