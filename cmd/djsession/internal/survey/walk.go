// Package survey looks at every session of a store, on every core and in the
// same memory whatever their number, and sums up what it has seen.
package survey

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/signing"
)

// A Source is the sessions to look at.
type Source struct {
	Store djsession.Lister // if it is a [djsession.EncodedStore], Codec decodes, on every core
	Codec *djsession.Codec
	List  djsession.ListOptions

	// Text returns what a store that is no [djsession.EncodedStore] holds of a
	// session, if it is such a text too: see [DecodeRecord].
	Text func(ctx context.Context, key string) (string, error)

	// Progress is called now and then with the number of sessions seen so far,
	// if set; by one goroutine at a time.
	Progress func(seen int64)
}

// A Session is one that was looked at. It is only good until the visitor
// returns.
type Session struct {
	Key      string
	Text     string // as it is stored; empty if the store does not tell
	Expires  time.Time
	Data     *djsession.Data // empty if it cannot be read
	Encoding djsession.Encoding
	Err      error // why it cannot be read
}

// Live reports whether the session has not expired.
func (s *Session) Live(now time.Time) bool { return s.Expires.After(now) }

// Size is how many bytes the store holds of it.
func (s *Session) Size() int {
	if s.Text == "" {
		return s.Encoding.Size
	}
	return len(s.Text)
}

// A batch is handed from the reader to a worker in one piece: sessions of a
// store that keeps texts, or of another.
type batch struct {
	texts    []djsession.EncodedRecord
	sessions []Session
}

const (
	batchCount = 256
	batchBytes = 1 << 20
)

// Walk shows each session to a visitor. There is one visitor a core, and
// newVisitor, which is called from one goroutine, makes them: what a visitor
// gathers is its own until Walk returns.
func (src *Source) Walk(ctx context.Context, newVisitor func() func(*Session)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers := runtime.GOMAXPROCS(0)
	batches := make(chan batch, workers)
	var wait sync.WaitGroup
	var seen atomic.Int64
	for range workers {
		visit := newVisitor()
		wait.Go(func() {
			for b := range batches {
				src.visit(b, visit)
				seen.Add(int64(len(b.texts) + len(b.sessions)))
			}
		})
	}
	report := func() {
		if src.Progress != nil {
			src.Progress(seen.Load())
		}
	}
	send := func(b batch) {
		batches <- b
		report()
	}
	var err error
	if store, ok := src.Store.(djsession.EncodedStore); ok {
		err = src.readTexts(ctx, store, send)
	} else {
		err = src.read(ctx, send)
	}
	close(batches)
	wait.Wait()
	report()
	return err
}

func (src *Source) readTexts(ctx context.Context, store djsession.EncodedStore, send func(batch)) error {
	texts, bytes := make([]djsession.EncodedRecord, 0, batchCount), 0
	for text, err := range store.ListEncoded(ctx, &src.List) {
		if err != nil {
			return err
		}
		texts = append(texts, text)
		if bytes += len(text.Data); len(texts) == batchCount || bytes >= batchBytes {
			send(batch{texts: texts})
			texts, bytes = make([]djsession.EncodedRecord, 0, batchCount), 0
		}
	}
	send(batch{texts: texts})
	return ctx.Err()
}

func (src *Source) read(ctx context.Context, send func(batch)) error {
	var sessions []Session
	for rec, err := range src.Store.List(ctx, &src.List) {
		if err != nil && !errors.Is(err, djsession.ErrCorrupt) && !errors.Is(err, djsession.ErrTooLarge) {
			return err
		}
		sessions = append(sessions, DecodeRecord(ctx, src.Codec, rec, err, src.Text))
		if len(sessions) == batchCount {
			send(batch{sessions: sessions})
			sessions = nil
		}
	}
	send(batch{sessions: sessions})
	return ctx.Err()
}

func (src *Source) visit(b batch, visit func(*Session)) {
	for i := range b.texts {
		s := Decode(src.Codec, &b.texts[i])
		visit(&s)
	}
	for i := range b.sessions {
		visit(&b.sessions[i])
	}
}

// Decode looks at one text. Of one that no key knows it tells how it seems to
// be encoded.
func Decode(codec *djsession.Codec, text *djsession.EncodedRecord) Session {
	s := Session{Key: text.Key, Text: text.Data, Expires: text.Expires}
	s.Data, s.Encoding, s.Err = codec.Inspect(text.Data)
	if s.Err == nil {
		return s
	}
	s.Data = new(djsession.Data)
	if errors.Is(s.Err, signing.ErrBadSignature) {
		if _, enc, err := codec.InspectUnverified(text.Data); err == nil {
			s.Encoding, s.Err = enc, &djsession.CorruptError{Err: ErrAnotherKey}
		}
	}
	return s
}

// DecodeRecord is [Decode] for what a [djsession.Lister] lists. Why a session
// cannot be read is looked for in its text, if there is a way to get that.
func DecodeRecord(ctx context.Context, codec *djsession.Codec, rec *djsession.Record, err error, textOf func(ctx context.Context, key string) (string, error)) Session {
	if err != nil && textOf != nil {
		if text, textErr := textOf(ctx, rec.Key); textErr == nil {
			return Decode(codec, &djsession.EncodedRecord{Key: rec.Key, Data: text, Expires: rec.Expires})
		}
	}
	return Session{Key: rec.Key, Expires: rec.Expires, Data: rec.Data, Encoding: rec.Encoding, Err: err}
}

// ErrAnotherKey says that a session is whole, but was signed with a secret key,
// or under a salt, that is not known here.
var ErrAnotherKey = anotherKey{}

type anotherKey struct{}

func (anotherKey) Error() string        { return "signed with a secret key that is not known here" }
func (anotherKey) Is(target error) bool { return target == signing.ErrBadSignature }
