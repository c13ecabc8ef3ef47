package messages

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/vary"
)

// An exchange is a request's context, and the messages of the request.
type exchange struct {
	context.Context
	site    *Messages
	request *http.Request

	mu     sync.Mutex
	hooked bool   // the response will be updated
	loaded bool   // stored is what there was
	stored []item // left by earlier requests, or shown by this one
	queued []item // added by this request, and not shown
	shown  bool   // messages that are known and stored were shown
	found  found
}

// add queues a message.
func (x *exchange) add(m Message) error {
	if m.Text == "" || m.Level < x.site.opts.MinLevel {
		return nil
	}
	it, err := newItem(m, x.site.opts.Layout)
	if err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.begin(); err != nil {
		return err
	}
	x.queued = append(x.queued, it)
	return nil
}

// all returns the messages to show, and notes that they were.
func (x *exchange) all() ([]Message, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.begin(); err != nil && !errors.Is(err, djsession.ErrReadOnly) {
		return nil, err
	}
	x.shown = true
	x.stored = append(x.stored, x.queued...)
	x.queued = nil
	var messages []Message
	for i := range x.stored {
		if it := &x.stored[i]; it.known {
			m := it.message
			m.LevelTag = x.site.opts.LevelTags[m.Level]
			messages = append(messages, m)
		}
	}
	return messages, nil
}

// begin reads what is stored, and sees to it that the response is updated.
func (x *exchange) begin() error {
	if err := x.load(); err != nil || x.hooked {
		return err
	}
	err := x.site.sessions.BeforeResponse(x.request, x.update)
	if errors.Is(err, djsession.ErrResponseStarted) {
		return ErrResponseStarted
	}
	x.hooked = err == nil
	return err
}

// update keeps what was not shown for the next request.
// Django: BaseStorage.update.
func (x *exchange) update(h http.Header) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.hooked = false // what comes now comes too late
	changed := len(x.queued) > 0 || x.shown && len(x.stored) > 0
	if !changed {
		return nil
	}
	vary.OnCookie(h)
	var keep []item
	for _, it := range x.stored {
		if !x.shown || !it.known {
			keep = append(keep, it)
		}
	}
	return x.store(h, append(keep, x.queued...))
}
