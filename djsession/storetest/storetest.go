// Package storetest is the suite that every store of sessions passes, those of
// this module and yours:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, storetest.Harness{
//			New: func(t testing.TB, now func() time.Time) djsession.Store {
//				return mystore.New(testDB(t), &mystore.Options{Now: now})
//			},
//		})
//	}
//
// Each case says which rule it checks. The optional interfaces are checked if
// the store has them.
package storetest

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// A Harness is what the suite needs to know of a store.
type Harness struct {
	// New returns an empty store that takes now for its clock. It is called
	// once for each case.
	New func(t testing.TB, now func() time.Time) djsession.Store

	// Advance is called after the suite has moved the clock, for a server that
	// lets sessions expire by a clock of its own.
	Advance func(t testing.TB, store djsession.Store, d time.Duration)

	// Forgets says that expired sessions are gone, as from a cache: they cannot
	// be updated, and their keys are free.
	DropsExpired bool

	// Coarse is how exactly the store keeps an expiry. Default: a microsecond.
	ExpiryPrecision time.Duration

	// NoExpiry says that the store cannot tell when a session ends: Expires of
	// a loaded record is zero.
	NoExpiry bool

	// Stateless says that a session's key is its content, as in signed cookies:
	// no session can conflict, be updated or be deleted, and those cases do not
	// apply.
	Stateless bool

	// Raw is set if values need not be JSON's: the cases on what only JSON
	// keeps, such as lone surrogates, do not apply.
	NotJSON bool

	// UserIDs are the ids of two users, and of a third who gets no session, for
	// a djsession.UserLister. Default: "42", "421" and "4".
	UserIDs [3]string

	// Int64 says that integers beyond 64 bits are refused.
	Int64 bool

	// Limited returns an empty store, and another of the same sessions that
	// reads and writes at most so many bytes of each. Nil, for a store that has
	// no MaxSize: the cases on sessions that are too large do not apply.
	Limited func(t testing.TB, now func() time.Time, maxSize int) (whole, limited djsession.Store)
}

// A test is one case, on a fresh store.
type test struct {
	*testing.T
	ctx   context.Context
	h     Harness
	store djsession.Store
	clock *clock
}

type rule struct {
	name, rule string
	run        func(t *test)
}

// Run runs the suite.
func Run(t *testing.T, h Harness) {
	if h.ExpiryPrecision == 0 {
		h.ExpiryPrecision = time.Microsecond
	}
	if h.UserIDs == [3]string{} {
		h.UserIDs = [3]string{"42", "421", "4"}
	}
	groups := [][]rule{loading, values, existing}
	if !h.Stateless {
		groups = append(groups, saving, expiring, concurrent, rekeying)
	}
	for _, group := range groups {
		runAll(t, h, group)
	}
	if h.Limited != nil {
		runAll(t, h, tooLarge)
	}
	probe := h.New(t, time.Now)
	_, modifies := probe.(djsession.Modifier)
	if modifies {
		runAll(t, h, modifying)
	}
	if _, rekeys := probe.(djsession.Rekeyer); (rekeys || modifies) && !h.Stateless {
		runAll(t, h, rekeyingAtOnce)
	}
	if _, ok := probe.(djsession.ExpiredClearer); ok {
		runAll(t, h, clearing)
	}
	if _, ok := probe.(djsession.Lister); ok {
		runAll(t, h, listing)
	}
	if _, ok := probe.(djsession.UserLister); ok {
		runAll(t, h, userListing)
	}
	if _, ok := probe.(djsession.Counter); ok {
		runAll(t, h, counting)
	}
	if _, ok := probe.(djsession.EncodedStore); ok {
		runAll(t, h, texts)
	}
}

func runAll(t *testing.T, h Harness, group []rule) {
	for _, r := range group {
		t.Run(r.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			c := &clock{now: time.Now().Truncate(time.Second)}
			tt := &test{T: t, ctx: ctx, h: h, store: h.New(t, c.Now), clock: c}
			defer func() {
				if t.Failed() {
					t.Logf("the rule: %s", r.rule)
				}
			}()
			r.run(tt)
		})
	}
}

// A clock that only moves when told.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (t *test) advance(d time.Duration) {
	t.Helper()
	t.clock.mu.Lock()
	t.clock.now = t.clock.now.Add(d)
	t.clock.mu.Unlock()
	if t.h.Advance != nil {
		t.h.Advance(t, t.store, d)
	}
}
