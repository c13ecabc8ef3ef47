package cachestore

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// A Walker is a [Cache] that can walk through its keys.
type Walker interface {
	Cache

	// Keys yields the keys that begin with prefix, some pageSize at a time, in
	// no order. A key that exists during the whole walk comes at least once;
	// one that is added or deleted during the walk may come or not. An error
	// ends the walk.
	Keys(ctx context.Context, prefix string, pageSize int) iter.Seq2[[]string, error]

	// GetAll returns what is under each of the keys, in one round trip to each
	// server.
	GetAll(ctx context.Context, keys []string) ([]Entry, error)
}

// An Entry is what is under one key, as GetTTL of a [TTLGetter] tells it.
type Entry struct {
	Value []byte
	TTL   time.Duration // zero: it does not expire
	Err   error         // djsession.ErrNotFound, or one that matches djsession.ErrCorrupt or djsession.ErrTooLarge
}

// errKeyNotLast is an error of List: it cannot tell which keys are sessions'.
var errKeyNotLast = errors.New("djsession: sessions cannot be listed: the KEY_FUNCTION of their cache does not put their keys last")

// A lister lists the sessions of a store whose cache is a [Walker].
type lister struct {
	store  *store
	walker Walker
}

const defaultPageSize = 500

// List implements [djsession.Lister].
func (l *lister) List(ctx context.Context, opts *djsession.ListOptions) iter.Seq2[*djsession.Record, error] {
	var o djsession.ListOptions
	if opts != nil {
		o = *opts
	}
	o.PageSize = cmp.Or(o.PageSize, defaultPageSize)
	return func(yield func(*djsession.Record, error) bool) {
		if !l.store.opts.keyLast() {
			yield(nil, errKeyNotLast)
			return
		}
		pages := l.keys(ctx, o.PageSize)
		if o.Order != djsession.OrderAny {
			pages = l.ordered(ctx, &o)
		}
		listed := 0
		for keys, err := range pages {
			if err != nil {
				yield(nil, err)
				return
			}
			found, err := l.page(ctx, &o, keys)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, f := range found {
				if !yield(f.rec, f.err) {
					return
				}
				if listed++; listed == o.Limit {
					return
				}
			}
		}
	}
}

// keys walks through the keys of sessions, without their prefix.
func (l *lister) keys(ctx context.Context, pageSize int) iter.Seq2[[]string, error] {
	prefix := l.store.opts.cacheKey("")
	return func(yield func([]string, error) bool) {
		for names, err := range l.walker.Keys(ctx, prefix, pageSize) {
			if err != nil {
				yield(nil, err)
				return
			}
			keys := names[:0]
			for _, name := range names {
				if key, ok := strings.CutPrefix(name, prefix); ok && l.store.opts.ValidKey(key) {
					keys = append(keys, key)
				}
			}
			if len(keys) > 0 && !yield(keys, nil) {
				return
			}
		}
	}
}

// A listed session is one as it was found, readable or not.
type listed struct {
	rec *djsession.Record
	err error
}

// page reads the sessions of some keys and returns those that match.
func (l *lister) page(ctx context.Context, o *djsession.ListOptions, keys []string) ([]listed, error) {
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = l.store.opts.cacheKey(key)
	}
	entries, err := l.walker.GetAll(ctx, names)
	if err != nil {
		return nil, err
	}
	now := l.store.opts.Now()
	found := make([]listed, 0, len(keys))
	for i, e := range entries {
		var f listed
		switch {
		case errors.Is(e.Err, djsession.ErrNotFound):
			continue
		case e.Err != nil:
			f = listed{l.store.corrupt(keys[i], e.TTL), e.Err}
		default:
			f.rec, f.err = l.store.record(keys[i], e.Value, e.TTL)
		}
		expires := f.rec.Expires
		live := expires.IsZero() || !expires.Before(now)
		if o.State == djsession.StateLive && !live || o.State == djsession.StateExpired && live ||
			!o.From.IsZero() && expires.Before(o.From) || !o.To.IsZero() && !expires.Before(o.To) {
			continue
		}
		found = append(found, f)
	}
	return found, nil
}

// ordered gathers the keys of the sessions that match, and yields them page by
// page in the order that was asked for.
func (l *lister) ordered(ctx context.Context, o *djsession.ListOptions) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		all, err := l.gather(ctx, o)
		if err != nil {
			yield(nil, err)
			return
		}
		for page := range slices.Chunk(all, o.PageSize) {
			keys := make([]string, len(page))
			for i, p := range page {
				keys[i] = p.key
			}
			if !yield(keys, nil) {
				return
			}
		}
	}
}

// A place is where a session stands in an order.
type place struct {
	key     string
	expires time.Time
}

func (l *lister) gather(ctx context.Context, o *djsession.ListOptions) ([]place, error) {
	compare := func(a, b place) int {
		if o.Order == djsession.OrderByKey {
			return cmp.Compare(a.key, b.key)
		}
		c := cmp.Or(a.expires.Compare(b.expires), cmp.Compare(a.key, b.key))
		if o.Order == djsession.OrderByExpiryDescending {
			return -c
		}
		return c
	}
	seen := make(map[string]bool)
	var all []place
	add := func(p place) {
		if !seen[p.key] && (o.After == nil || compare(p, place{o.After.Key, o.After.Expires}) > 0) {
			seen[p.key] = true
			all = append(all, p)
		}
	}
	for keys, err := range l.keys(ctx, o.PageSize) {
		if err != nil {
			return nil, err
		}
		if o.Order == djsession.OrderByKey { // the rest is seen to when they are read
			for _, key := range keys {
				add(place{key: strings.Clone(key)})
			}
			continue
		}
		found, err := l.page(ctx, o, keys)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			add(place{strings.Clone(f.rec.Key), f.rec.Expires})
		}
	}
	slices.SortFunc(all, compare)
	return all, nil
}
