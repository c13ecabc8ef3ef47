package cli

import (
	"context"
	"iter"
	"runtime/debug"

	"github.com/djsession/djsession-go/cmd/djsession/internal/place"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/survey"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
	"github.com/djsession/djsession-go/djsession"
)

// sessions walks through a store. A session that cannot be read comes with the
// reason in its Err; an error ends the walk.
func (a *app) sessions(ctx context.Context, b *place.Place, s *settings.Site, opts *djsession.ListOptions) iter.Seq2[*session, error] {
	return func(yield func(*session, error) bool) {
		lister, ok := b.Store.(djsession.Lister)
		if !ok {
			yield(nil, place.ErrNotListed)
			return
		}
		for rec, err := range lister.List(ctx, opts) {
			if rec == nil {
				yield(nil, err)
				return
			}
			found := &session{Record: rec, Err: err, Unsigned: b.Cache != nil}
			if err := a.readUnverified(ctx, b, s, found); err != nil {
				yield(nil, err)
				return
			}
			if !yield(found, nil) {
				return
			}
		}
	}
}

// selected walks through the sessions that the filter selects, in the order of
// opts. Those that cannot be read, where the filter asks for what they hold,
// are counted in f.unread.
func (a *app) selected(ctx context.Context, b *place.Place, s *settings.Site, f *filter, opts *djsession.ListOptions) iter.Seq2[*session, error] {
	return func(yield func(*session, error) bool) {
		for found, err := range a.sessions(ctx, b, s, opts) {
			if err != nil {
				yield(nil, err)
				return
			}
			f.unread.seen++
			if found.Err != nil && f.picky() {
				f.unread.unknown++
			}
			if f.matches(found) && !yield(found, nil) {
				return
			}
		}
	}
}

// source is all sessions of a store in a state, read as fast as it can be; done
// ends the showing of progress.
func (a *app) source(ctx context.Context, b *place.Place, s *settings.Site, state djsession.State) (src *survey.Source, done func(), err error) {
	lister, ok := b.Store.(djsession.Lister)
	if !ok {
		return nil, nil, place.ErrNotListed
	}
	src = &survey.Source{Store: lister, Codec: s.Codec(djsession.Encoding{}, 0), Text: b.Text, List: djsession.ListOptions{Order: djsession.OrderAny, State: state, PageSize: 1000}}
	// A walk allocates short-lived memory: collecting half as often saves a
	// seventh of the time, and costs some 20 MiB.
	debug.SetGCPercent(200)
	p := a.Progress("reading", a.countFor(ctx, lister, src.List))
	src.Progress = p.Set
	return src, p.Clear, nil
}

// countFor returns how many sessions a walk will meet, if the store can count
// and progress is shown; otherwise -1.
func (a *app) countFor(ctx context.Context, store any, opts djsession.ListOptions) int64 {
	counter, ok := store.(djsession.Counter)
	if !ok || !term.IsTerminal(a.Stderr) {
		return -1
	}
	n, err := counter.Count(ctx, &opts)
	if err != nil {
		return -1 // the walk will say it better
	}
	return n
}
