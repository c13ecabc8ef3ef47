package sqldb

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"time"

	"github.com/djsession/djsession-go/djsession/internal/pause"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// Patience is how long a statement is repeated that other transactions were in
// the way of. It is as long as Django waits for a lock of SQLite.
const Patience = 5 * time.Second

// MaxRaces is how often a compare-and-swap may lose before something else must
// be wrong, as djsession.ErrRaces says.
const MaxRaces = 1000

// longestWait is the most that is waited before a statement is repeated.
const longestWait = 100 * time.Millisecond

// A Retry decides whether to repeat what failed. It repeats what the database
// has undone as a whole because of other transactions: serialization failures,
// deadlocks, and statements that an SQLite in use did not begin. What a server
// refuses because it is read-only is repeated once, on another connection. What
// may have been done, such as a commit whose answer was lost, is not repeated.
//
//	for retry := db.Retry(); ; {
//		err := do(ctx)
//		if !retry.After(ctx, err) {
//			return err
//		}
//	}
type Retry struct {
	db    *DB
	began time.Time
	wait  time.Duration
	fresh bool // it was repeated on another connection
}

// Retry returns a Retry whose Patience begins now.
func (db *DB) Retry() Retry {
	return Retry{db: db, began: time.Now(), wait: time.Millisecond}
}

// After reports whether to repeat what returned err. It waits a moment before,
// longer each time, and chosen by chance so that two do not meet again.
func (r *Retry) After(ctx context.Context, err error) bool {
	if err == nil || err == sql.ErrNoRows {
		if r.fresh { // there is a server that is not read-only
			r.db.dropped.Store(0)
		}
		return false
	}
	if time.Since(r.began) > Patience {
		return false
	}
	switch ProblemOf(r.db.Dialect, err) {
	case sqldialect.ProblemContended:
		wait := rand.N(r.wait)
		r.wait = min(2*r.wait, longestWait)
		return pause.For(ctx, wait) == nil
	case sqldialect.ProblemReadOnly:
		again := !r.fresh && r.db.dropIdle(ctx)
		r.fresh = true
		return again
	}
	return false
}
