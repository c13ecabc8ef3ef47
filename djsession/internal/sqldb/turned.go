package sqldb

import (
	"context"
	"database/sql/driver"
	"time"
)

// A server that was the primary, and to which the pool still has connections,
// refuses what is written and stays as it is: whatever the name of the database
// leads to by now, connections that are open lead to that server.

// dropEvery is how often idle connections are dropped at most while each server
// that they lead to is read-only: a service that was given a replica by mistake
// is not to connect for each save.
const dropEvery = 250 * time.Millisecond

// dropIdle closes the connections of the pool that are not in use, and reports
// whether it did. SQLite has no other server to find.
func (db *DB) dropIdle(ctx context.Context) bool {
	last, now := db.dropped.Load(), time.Now().UnixNano()
	if db.Dialect.OneWriter() || now-last < int64(dropEvery) || !db.dropped.CompareAndSwap(last, now) {
		return false
	}
	for left := db.sql.Stats().Idle; left > 0 && db.sql.Stats().Idle > 0; left-- {
		conn, err := db.sql.Conn(ctx)
		if err != nil {
			return ctx.Err() == nil
		}
		_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // which closes it
		conn.Close()
	}
	return true
}
