package djsession

import (
	"net/http"
	"sync"
)

// BeforeResponse makes f run just before the first byte of the response to r
// leaves, and before the session is saved. f may add headers, and change the
// session. If it returns an error, the error handler answers in place of the
// handler. Each f runs at most once: not at all if the handler panics.
//
// It is for packages that keep something in a cookie or in the session, as
// djsession/messages does. The error is [ErrNoManager] if the request did not
// pass through m, [ErrResponseStarted] once the response has begun, and
// [ErrReadOnly] in read-only mode, in which no cookie may be set.
// Django: MiddlewareMixin.process_response.
func (m *Manager) BeforeResponse(r *http.Request, f func(h http.Header) error) error {
	x, ok := r.Context().Value(m).(*exchange)
	switch {
	case !ok:
		return ErrNoManager
	case m.opts.ReadOnly:
		return ErrReadOnly
	}
	return x.before.add(f)
}

// beforeResponse is what runs before a response.
type beforeResponse struct {
	mu     sync.Mutex
	hooks  []func(h http.Header) error
	closed bool
}

func (b *beforeResponse) add(f func(h http.Header) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return ErrResponseStarted
	}
	b.hooks = append(b.hooks, f)
	return nil
}

func (b *beforeResponse) any() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.hooks) > 0
}

// close says that nothing can run any more.
func (b *beforeResponse) close() []func(h http.Header) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	hooks := b.hooks
	b.hooks, b.closed = nil, true
	return hooks
}

func (b *beforeResponse) run(h http.Header) error {
	for _, hook := range b.close() {
		if err := hook(h); err != nil {
			return err
		}
	}
	return nil
}
