package cachestore

import (
	"context"
	"errors"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// startMending runs mend, unless it runs. The lock is held.
func (w *watch) startMending() {
	if !w.mending {
		w.mending = true
		go w.mend()
	}
}

// mend makes the cache forget what it must. Then it is asked again, if it was
// away. While it cannot be reached mend goes on only if there is something to
// forget: else the next call starts it again.
func (w *watch) mend() {
	for {
		key, number := w.next()
		err := w.try(key, number > 0)
		if w.tried(key, number, err) {
			return
		}
		if err != nil {
			time.Sleep(mendPause)
		}
	}
}

// next is a key to forget with its number, or else the one that failed last,
// whose server may be the only one that is away.
func (w *watch) next() (key string, number uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key, number := range w.stale {
		return key, number
	}
	return w.failed, 0
}

// try returns an error if the cache cannot be reached.
func (w *watch) try(key string, stale bool) error {
	ctx, cancel := context.WithTimeout(context.Background(), w.limit)
	defer cancel()
	do := w.ask
	if stale {
		do = w.forget
	}
	if err := do(ctx, key); errors.Is(err, djsession.ErrUnavailable) {
		return err
	}
	return nil
}

// tried notes the outcome of one attempt, and reports whether mend is done.
func (w *watch) tried(key string, number uint64, err error) (done bool) {
	w.mu.Lock()
	before := w.away
	if err != nil {
		w.fail(key)
		w.mending = len(w.stale) > 0
	} else {
		w.reached(key, number)
	}
	w.mended = time.Now()
	away, done := w.away, !w.mending
	w.mu.Unlock()
	if away != before {
		w.tell(away, err)
	}
	return done
}

// reached notes that the cache has answered. Once it has forgotten all that it
// must, it is asked again. The lock is held.
func (w *watch) reached(key string, number uint64) {
	if w.stale[key] == number { // and it was not marked again since
		delete(w.stale, key)
	}
	w.failures = 0
	w.mending = len(w.stale) > 0
	if w.away && !w.mending {
		w.away = false
		w.seen = time.Now()
		w.doubt()
	}
}
