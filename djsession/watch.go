package djsession

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"sync"
	"time"
)

// A Watcher tells long requests, such as those of a websocket, when their
// session is over. It looks at all watched sessions once an interval, with one
// query where the store is a [ManyLoader]. [Watcher.Notify] and
// [Watcher.Listen] make it look at once, and nothing depends on them: what they
// miss is found by the next look. It is safe for concurrent use.
//
// Its goroutine runs while sessions are watched.
type Watcher struct {
	mgr  *Manager
	opts WatchOptions
	wake chan struct{} // holds a token while there is something to look at now

	mu      sync.Mutex
	watched map[string]*watched // by key
	prints  map[string][]string // keys by fingerprint
	next    map[string]bool     // keys to look at now
	all     bool                // look at all of them now
	soonest time.Time           // when the first of them expires; zero: not known
	running bool
	closed  bool

	failing bool // the last look failed, which was logged; the goroutine's own
}

// watched is a session that contexts depend on.
type watched struct {
	watches map[*watch]struct{}
	expires time.Time // by the last look; zero before
}

// A watch is a context that ends with its session.
type watch struct {
	began any // what the Judge remembers of the session
	end   context.CancelCauseFunc
}

// WatchOptions is how a [Watcher] looks. Nil and the zero value are the
// defaults.
type WatchOptions struct {
	// Interval is how often all watched sessions are looked at: how late the
	// end of a session is noticed, without a notification. Default: 5 seconds.
	Interval time.Duration

	// Judge says whether a session that is still there is still good: that of
	// auth.Auth.Judge asks for its user. Default: it is.
	Judge WatchJudge

	// Logger gets a warning when the store or the Judge cannot be asked, and a
	// line when they can again. Default: that of the Manager.
	Logger *slog.Logger
}

// A WatchJudge judges watched sessions, all of a look at once. It must be safe
// for concurrent use.
type WatchJudge interface {
	// Begin is called by [Watcher.Watch], and returns what Claim is to know of
	// the session as the request has it. It must not keep s.
	Begin(s *Session) (began any)

	// Claim is called for each watch whose session is still there, many
	// thousand times perhaps. It compares what Begin returned with what is
	// stored now, and returns an error to end the watch, or what is to be
	// passed to Check: nil for nothing. It must not keep rec.
	Claim(began any, rec *Record) (claim any, err error)

	// Check calls end for each claim, by its index, that is not good, and says
	// why. An error means that it could not be found out; no watch ends then,
	// except by end.
	Check(ctx context.Context, claims []any, end func(i int, why error)) error
}

// A ManyLoader is a [Store] that can load many sessions in one step.
type ManyLoader interface {
	// LoadMany yields the live sessions with these keys, in any order, each as
	// [Store] says of Load. Those that are gone or have expired are left out.
	// An error without a record ends the walk.
	LoadMany(ctx context.Context, keys []string) iter.Seq2[*Record, error]
}

// ErrWatcherClosed is the cause of contexts that end by [Watcher.Close].
var ErrWatcherClosed = errors.New("djsession: the watcher was closed")

// NewWatcher returns a watcher of a manager's sessions.
func NewWatcher(m *Manager, opts *WatchOptions) *Watcher {
	w := &Watcher{mgr: m, wake: make(chan struct{}, 1), watched: make(map[string]*watched), prints: make(map[string][]string),
		next: make(map[string]bool)}
	if opts != nil {
		w.opts = *opts
	}
	if w.opts.Interval <= 0 {
		w.opts.Interval = 5 * time.Second
	}
	if w.opts.Logger == nil {
		w.opts.Logger = m.opts.logger()
	}
	return w
}

// Watch returns a context that is cancelled when the session is over: it was
// deleted, has another key, or expired, which is [ErrNotFound] as the
// context.Cause; it cannot be read any more; or the Judge says that it is not
// good, and why. The first look is at once, so that an end since the session
// was read is not missed. A session without a key is over already.
//
// A store that cannot be asked ends no context. Call cancel when the request
// ends, as for [context.WithCancel].
func (w *Watcher) Watch(ctx context.Context, s *Session) (watching context.Context, cancel context.CancelFunc) {
	ctx, end := context.WithCancelCause(ctx)
	one := &watch{end: end}
	if w.opts.Judge != nil {
		one.began = w.opts.Judge.Begin(s)
	}
	key := s.Key()
	if err := w.add(key, one); err != nil {
		end(err)
		return ctx, func() {}
	}
	context.AfterFunc(ctx, func() { w.remove(key, one) })
	return ctx, func() { end(context.Canceled) }
}

func (w *Watcher) add(key string, one *watch) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.closed:
		return ErrWatcherClosed
	case key == "":
		return ErrNotFound
	}
	entry := w.watched[key]
	if entry == nil {
		entry = &watched{watches: make(map[*watch]struct{}, 1)}
		w.watched[key] = entry
		print := Fingerprint(key)
		w.prints[print] = append(w.prints[print], key)
	}
	entry.watches[one] = struct{}{}
	w.next[key] = true
	w.look()
	if !w.running {
		w.running = true
		go w.run()
	}
	return nil
}

func (w *Watcher) remove(key string, one *watch) {
	w.mu.Lock()
	defer w.mu.Unlock()
	entry := w.watched[key]
	if entry == nil {
		return
	}
	delete(entry.watches, one)
	if len(entry.watches) == 0 {
		w.forget(key)
	}
}

// forget is called with the lock held.
func (w *Watcher) forget(key string) {
	delete(w.watched, key)
	delete(w.next, key)
	print := Fingerprint(key)
	var others []string
	for _, other := range w.prints[print] {
		if other != key {
			others = append(others, other)
		}
	}
	if w.prints[print] = others; len(others) == 0 {
		delete(w.prints, print)
	}
	if len(w.watched) == 0 {
		w.look() // which finds that there is nothing left
	}
}

// look has the goroutine look now.
func (w *Watcher) look() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Notify looks at once at the sessions with these fingerprints (see
// [Fingerprint]), or at all that are watched if none is given. It does not wait
// for that.
func (w *Watcher) Notify(fingerprints ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = w.all || len(fingerprints) == 0
	for _, print := range fingerprints {
		for _, key := range w.prints[print] {
			w.next[key] = true
		}
	}
	if w.all || len(w.next) > 0 {
		w.look()
	}
}

// Len returns the number of sessions that are watched.
func (w *Watcher) Len() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.watched)
}

// Close ends all contexts, with the cause [ErrWatcherClosed], and those of
// later watches. Call it when the server shuts down, which does not end
// hijacked connections.
func (w *Watcher) Close() {
	w.mu.Lock()
	w.closed = true
	var watches []*watch
	for _, entry := range w.watched {
		for one := range entry.watches {
			watches = append(watches, one)
		}
	}
	w.mu.Unlock()
	for _, one := range watches {
		one.end(ErrWatcherClosed)
	}
}
