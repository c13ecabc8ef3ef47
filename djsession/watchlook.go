package djsession

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"sync"
	"time"
)

// run looks until nothing is watched: at all sessions once an interval, at
// those that expire when they do, and in between at those that it is told of.
func (w *Watcher) run() {
	due := time.Now().Add(w.opts.Interval)
	timer := time.NewTimer(w.opts.Interval)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-w.wake:
		}
		all := !time.Now().Before(due)
		if all {
			due = time.Now().Add(w.opts.Interval)
		}
		keys, left := w.take(all)
		if !left {
			return
		}
		if len(keys) > 0 {
			err := w.lookAt(keys)
			if w.report(err); err != nil {
				due = time.Now().Add(min(w.opts.Interval, lookAgain))
			}
		}
		timer.Reset(min(time.Until(due), w.untilExpiry()))
	}
}

// lookAgain is how soon all are looked at after a look that failed.
const lookAgain = 5 * time.Second

// take returns the keys to look at. With nothing watched the goroutine is over.
func (w *Watcher) take(all bool) (keys []string, left bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.watched) == 0 {
		w.running, w.all = false, false
		return nil, false
	}
	all = all || w.all
	now := w.mgr.opts.Now()
	expired := !w.soonest.IsZero() && !w.soonest.After(now)
	if !all && !expired {
		for key := range w.next {
			keys = append(keys, key)
		}
	} else {
		w.soonest = time.Time{}
		for key, entry := range w.watched {
			switch {
			case all || w.next[key] || !entry.expires.IsZero() && !entry.expires.After(now):
				keys = append(keys, key)
			default:
				w.expects(entry.expires, now)
			}
		}
	}
	w.all = false
	clear(w.next)
	return keys, true
}

// expects notes an expiry, with the lock held. One that is past by this clock,
// and not by the store's, waits for the next look at all.
func (w *Watcher) expects(expires, now time.Time) {
	if expires.After(now) && (w.soonest.IsZero() || expires.Before(w.soonest)) {
		w.soonest = expires
	}
}

// untilExpiry is how long it is until a watched session expires.
func (w *Watcher) untilExpiry() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.soonest.IsZero() {
		return w.opts.Interval
	}
	return w.soonest.Sub(w.mgr.opts.Now())
}

// report logs the beginning and the end of an outage, once each.
func (w *Watcher) report(err error) {
	if failing := err != nil; failing != w.failing {
		w.failing = failing
		if failing {
			w.opts.Logger.LogAttrs(context.Background(), slog.LevelWarn, "watched sessions cannot be looked at: their ends are noticed later",
				slog.Any("error", err))
			return
		}
		w.opts.Logger.LogAttrs(context.Background(), slog.LevelInfo, "watched sessions can be looked at again")
	}
}

// lookAt ends the watches of sessions that are over, of those with these keys.
func (w *Watcher) lookAt(keys []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), max(w.opts.Interval, w.mgr.opts.LoadTimeout))
	defer cancel()
	gone := make(map[string]bool, len(keys))
	for _, key := range keys {
		gone[key] = true
	}
	var claims []any
	var owners []*watch // of the claims
	err := w.mgr.observe(ctx, "watch", func(ctx context.Context) error {
		for rec, err := range w.load(ctx, keys) {
			if rec == nil {
				return err
			}
			if !gone[rec.Key] {
				continue // another key's, that the database takes for the same
			}
			gone[rec.Key] = false
			for _, one := range w.seen(rec) {
				if err != nil {
					one.end(err)
					continue
				}
				claim, err := w.claim(one.began, rec)
				if err != nil {
					one.end(err)
				} else if claim != nil {
					claims, owners = append(claims, claim), append(owners, one)
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for key, isGone := range gone {
		if isGone {
			for _, one := range w.watches(key) {
				one.end(ErrNotFound)
			}
		}
	}
	if len(claims) == 0 {
		return nil
	}
	return w.opts.Judge.Check(ctx, claims, func(i int, why error) { owners[i].end(why) })
}

func (w *Watcher) claim(began any, rec *Record) (any, error) {
	if w.opts.Judge == nil {
		return nil, nil
	}
	return w.opts.Judge.Claim(began, rec)
}

// seen notes when a session that is still there expires, and returns its
// watches.
func (w *Watcher) seen(rec *Record) []*watch {
	w.mu.Lock()
	if entry := w.watched[rec.Key]; entry != nil {
		entry.expires = rec.Expires
		w.expects(rec.Expires, w.mgr.opts.Now())
	}
	w.mu.Unlock()
	return w.watches(rec.Key)
}

func (w *Watcher) watches(key string) []*watch {
	w.mu.Lock()
	defer w.mu.Unlock()
	entry := w.watched[key]
	if entry == nil {
		return nil
	}
	watches := make([]*watch, 0, len(entry.watches))
	for one := range entry.watches {
		watches = append(watches, one)
	}
	return watches
}

// load is the store's LoadMany, or what can be had without it.
func (w *Watcher) load(ctx context.Context, keys []string) iter.Seq2[*Record, error] {
	if store, ok := w.mgr.store.(ManyLoader); ok {
		return store.LoadMany(ctx, keys)
	}
	return loadEach(ctx, w.mgr.store, keys)
}

// atOnce is how many sessions are loaded at once from a store that cannot load
// many.
const atOnce = 8

type loaded struct {
	rec *Record
	err error
}

// loadEach loads sessions one by one, some at once.
func loadEach(ctx context.Context, store Store, keys []string) iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		todo, done := make(chan string), make(chan loaded)
		var loaders sync.WaitGroup
		defer loaders.Wait()
		defer cancel()
		for range min(atOnce, len(keys)) {
			loaders.Go(func() {
				for key := range todo {
					rec, err := loadOne(ctx, store, key)
					select {
					case done <- loaded{rec, err}:
					case <-ctx.Done():
						return
					}
				}
			})
		}
		loaders.Go(func() {
			defer close(todo)
			for _, key := range keys {
				select {
				case todo <- key:
				case <-ctx.Done():
					return
				}
			}
		})
		for range keys {
			var l loaded
			select {
			case l = <-done:
			case <-ctx.Done():
				l.err = ctx.Err()
			}
			if l.rec == nil && l.err == nil {
				continue
			}
			if !yield(l.rec, l.err) || l.rec == nil {
				return
			}
		}
	}
}

// loadOne returns neither a record nor an error if the session is gone.
func loadOne(ctx context.Context, store Store, key string) (*Record, error) {
	rec, err := store.Load(ctx, key)
	switch {
	case errors.Is(err, ErrNotFound), errors.Is(err, ErrInvalidKey):
		return nil, nil
	case rec == nil && (errors.Is(err, ErrCorrupt) || errors.Is(err, ErrTooLarge)):
		return &Record{Key: key}, err
	}
	return rec, err
}
