package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// TestTransactionLeftBehind gives up a transaction on a driver that waits
// whatever the context says. What it does afterwards has no effect: this is
// for the race detector.
func TestTransactionLeftBehind(t *testing.T) {
	f := &failing{at: "WAIT", waits: make(chan struct{})}
	pool := sql.OpenDB(f)
	db := Open(pool, sqldialect.PostgreSQL, true)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	counts, err := db.ExecAll(ctx, "WAIT", [][]any{{}, {}})
	if !errors.Is(err, context.DeadlineExceeded) || counts != nil {
		t.Errorf("got %v, %v; want the context's error", counts, err)
	}
	close(f.waits)
	pool.Close() // waits for the connection's end
	for db.lost.Load() != 0 {
		time.Sleep(time.Millisecond)
	}
}
