package cachestore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// follow makes the cache hold a session as the table has it. The table is read
// again after write: a slower save of the same session must not leave its own
// text in the cache, and no save may leave a session there that was deleted
// before it ended. Where the two differ, or write failed, the cache is told to
// forget the session. A deletion and a save come to the table first and then to
// the cache, so one that the second look does not see comes to the cache after
// this write.
func (c *cachedDB) follow(ctx context.Context, rec *djsession.Record, write func(ctx context.Context) error) error {
	if !c.watch.enter() {
		return c.forgetLater(ctx, rec.Key, errAway)
	}
	ctx, cancel := c.afterwards(ctx)
	defer cancel()
	sight, err := c.ask(ctx, rec.Key, write)
	other := errors.Is(err, djsession.ErrKeyExists) // or our own, if the client sent it twice
	if other {
		err = nil
	}
	if err != nil || !c.current(ctx, rec) {
		return c.forget(ctx, rec.Key, err)
	}
	if !other {
		c.watch.trust(rec.Key, sight)
	}
	return nil
}

// create writes a new session.
func (c *cachedDB) create(rec *djsession.Record) func(ctx context.Context) error {
	return func(ctx context.Context) error { return c.cache.set(ctx, rec) }
}

// replace writes a session in place of what is there. If nothing is, it was
// evicted, or the session was deleted a moment ago.
func (c *cachedDB) replace(rec *djsession.Record) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		err := c.cache.Update(ctx, rec)
		if errors.Is(err, djsession.ErrNotFound) {
			err = c.cache.set(ctx, rec)
		}
		return err
	}
}

// fill copies the row to the cache, for the whole seconds until it expires. A
// value that another program has put there since is newer, and stays, unless it
// cannot be read.
// Django: cached_db.SessionStore.load.
func (c *cachedDB) fill(ctx context.Context, rec *djsession.Record, missing bool) {
	ttl := floor(rec.Expires.Sub(c.cache.opts.Now()))
	value, err := c.cache.opts.Serializer.Dumps(nil, rec.Data)
	if err != nil || ttl <= 0 || len(value) > c.cache.opts.MaxSize {
		return // such a session is read from the table each time
	}
	write := c.cache.cache.Set
	if missing {
		write = c.cache.cache.Add
	}
	_ = c.follow(ctx, rec, func(ctx context.Context) error {
		return write(ctx, c.cache.opts.cacheKey(rec.Key), value, ttl)
	})
}

// forget makes the cache forget a session, now or as soon as it can be reached.
// unwritten is why the session could not be written there, if that is so.
func (c *cachedDB) forget(ctx context.Context, key string, unwritten error) error {
	c.watch.distrust(key)
	_, err := c.ask(ctx, key, func(ctx context.Context) error { return c.cache.Delete(ctx, key) })
	if errors.Is(err, djsession.ErrInvalidKey) {
		err = nil // a key that the cache cannot have
	}
	switch {
	case err != nil:
		c.failed(ctx, "session cache could not be told of a change: "+
			"it will be told to forget the session as soon as it answers", key, errors.Join(unwritten, err))
		return c.forgetLater(ctx, key, err)
	case unwritten != nil:
		c.failed(ctx, "session cache could not take a session: it was told to forget it", key, unwritten)
	}
	return nil
}

// errAway is why a cache is not asked.
var errAway = fmt.Errorf("%w: the session cache does not answer", djsession.ErrUnavailable)

// forgetLater remembers that the cache must forget a session. It is an error if
// that is not good enough.
func (c *cachedDB) forgetLater(ctx context.Context, key string, cause error) error {
	djsession.ReportCache(ctx, djsession.CacheFailed)
	if c.watch.later(key) && !c.required {
		return nil
	}
	return fmt.Errorf("djsession: the database has the change of a session, "+
		"but the cache may keep what was before: %w", cause)
}

// ask makes one call of the cache, and notes what became of it.
func (c *cachedDB) ask(ctx context.Context, key string, call func(ctx context.Context) error) (sight int, err error) {
	if err := ctx.Err(); err != nil { // which says nothing about the cache
		return 0, fmt.Errorf("%w: %w", djsession.ErrUnavailable, err)
	}
	err = call(ctx)
	return c.watch.answered(key, err), err
}

// current reports whether the table has what rec says. If it cannot be asked,
// it may not.
func (c *cachedDB) current(ctx context.Context, rec *djsession.Record) bool {
	row, err := c.db.Load(ctx, rec.Key)
	return err == nil && c.same(row.Data, rec.Data) && row.Expires.Sub(rec.Expires).Abs() < time.Second
}

// same reports whether two sessions are the same in the cache's form, or in
// JSON, which a table keeps of what has more types in the cache.
func (c *cachedDB) same(a, b *djsession.Data) bool {
	return sameIn(c.cache.opts.Serializer, a, b) || sameIn(djsession.JSON, a, b)
}

func sameIn(s djsession.Serializer, a, b *djsession.Data) bool {
	left, err := s.Dumps(nil, a)
	if err != nil {
		return false
	}
	right, err := s.Dumps(nil, b)
	return err == nil && bytes.Equal(left, right)
}

// failed tells of a call without a result. That the cache is away has been told
// once for all.
func (c *cachedDB) failed(ctx context.Context, message, key string, err error) {
	djsession.ReportCache(ctx, djsession.CacheFailed)
	if c.watch.isAway() {
		return
	}
	c.logger().LogAttrs(ctx, slog.LevelError, message,
		slog.String("session", "@"+djsession.Fingerprint(key)), slog.Any("error", err))
}

// changed tells that the cache went away, or is back.
func (c *cachedDB) changed(away bool, err error) {
	ctx := context.Background()
	if away {
		c.logger().LogAttrs(ctx, slog.LevelError,
			"session cache does not answer: sessions go on without it", slog.Any("error", err))
		return
	}
	c.logger().LogAttrs(ctx, slog.LevelWarn,
		"session cache answers again: what is read from it is compared with the database first")
}

func (c *cachedDB) logger() *slog.Logger {
	if c.log != nil {
		return c.log
	}
	return slog.Default()
}
