package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// lib/pq waits for the network as long as the system does, whatever the context
// says. So a call to such a driver runs apart: the caller goes on when the
// context ends, and the connection is cut, which ends the wait.

// maxLost is how many calls may be left behind that still wait for the network.
// More are refused at once, so that an outage does not fill the memory.
const maxLost = 1000

var errLost = errors.New("1000 calls to the database have not come back: is the network silent? Give lib/pq a connect_timeout")

// apart runs do, in a goroutine of its own if the driver ignores contexts or is
// not known yet. It returns the result or, if the context ends first, its
// error. A late result is passed to undo, unless that is nil. After an error,
// the caller must not read variables that do writes to.
func apart[T any](ctx context.Context, db *DB, do func() (T, error), undo func(T)) (T, error) {
	if ctx.Done() == nil {
		return do()
	}
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	if db.lost.Load() >= maxLost {
		return none, errLost
	}
	type result struct {
		value    T
		err      error
		panicked any
	}
	answer := make(chan result) // not buffered: one who gives and one who takes, or neither
	go func() {
		var r result
		func() {
			defer func() { r.panicked = recover() }()
			r.value, r.err = do()
		}()
		select {
		case answer <- r:
		case <-ctx.Done():
			if r.err == nil && r.panicked == nil && undo != nil {
				undo(r.value)
			}
			db.lost.Add(-1)
		}
	}()
	select {
	case r := <-answer:
		if r.panicked != nil {
			panic(r.panicked) // where the caller's own recover sees it
		}
		return r.value, r.err
	case <-ctx.Done():
		db.lost.Add(1)
		return none, ctx.Err()
	}
}

// guard returns do, which calls nothing but the driver, with an error in place
// of a panic. lib/pq panics for some answers that are not PostgreSQL's. It has
// lost its connection then, and with it a place in the pool.
func guard[T any](do func() (T, error)) func() (T, error) {
	return func() (value T, err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("the driver cannot read the server's answer: %v", p)
			}
		}()
		return do()
	}
}

// A line is a connection that is cut a moment after the context ends. In that
// moment the driver asks the server to stop what it does.
type line struct {
	ctx  context.Context
	conn *sql.Conn
	keep func() bool // false if the connection is being cut
}

const cutAfter = 100 * time.Millisecond

// line runs start on a connection, until one is found that is not dead: the
// pool may be full of those that a restarted server closed. A caller without an
// error must release the line.
func (db *DB) line(ctx context.Context, start func(conn *sql.Conn) error) (*line, error) {
	for tries := db.sql.Stats().Idle; ; tries-- {
		conn, err := db.sql.Conn(ctx)
		if err != nil {
			return nil, err
		}
		l, err := newLine(ctx, conn)
		if err == nil {
			if err = start(conn); err == nil {
				return l, nil
			}
			l.release()
		}
		if !errors.Is(err, driver.ErrBadConn) || tries <= 0 || ctx.Err() != nil {
			return nil, err
		}
	}
}

func newLine(ctx context.Context, conn *sql.Conn) (*line, error) {
	var cut driver.Conn
	err := conn.Raw(func(c any) error { cut = c.(driver.Conn); return nil })
	if err != nil {
		conn.Close()
		return nil, err
	}
	keep := context.AfterFunc(ctx, func() {
		time.Sleep(cutAfter)
		cut.Close()
	})
	return &line{ctx, conn, keep}, nil
}

// release gives the connection back to the pool, or away if it is being cut.
func (l *line) release() {
	if !l.keep() {
		l.conn.Raw(func(any) error { return driver.ErrBadConn })
	}
	l.conn.Close()
}
