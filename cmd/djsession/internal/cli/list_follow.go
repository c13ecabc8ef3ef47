package cli

import (
	"context"
	"slices"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/place"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/djsession"
)

// followed is how many sessions --follow begins with unless --limit says
// otherwise.
const followed = 10

// follow prints the sessions that were saved last, and then those that are
// saved. A save moves the end of a session, so a look at the latest ends is
// enough, and the table's index knows them.
func (a *app) follow(ctx context.Context, b *place.Place, s *settings.Site, f *listFlags, out *sessionLister) error {
	if f.expired || f.all {
		return fail.Usagef("--follow shows live sessions")
	}
	limit := f.limit
	if limit == 0 {
		limit = followed
	}
	var first []*session
	for found, err := range a.selected(ctx, b, s, &f.filter, f.options()) {
		if err != nil {
			return err
		}
		if first = append(first, found); len(first) == limit {
			break
		}
	}
	if f.unread.unknown > 0 {
		a.Say("%s: such sessions are not shown", f.unread)
	}
	slices.Reverse(first)
	seen := make(map[string]state)
	for _, found := range first {
		seen[found.Key] = stateOf(found)
		if err := out.add(found); err != nil {
			return err
		}
	}
	if err := out.flush(); err != nil {
		return err
	}
	ticker := time.NewTicker(max(f.interval, 10*time.Millisecond))
	defer ticker.Stop()
	for since := a.now(); ; {
		select {
		case <-ctx.Done():
			return nil // Ctrl-C is how one ends this
		case <-ticker.C:
		}
		now := a.now()
		if err := a.followOnce(ctx, b, s, f, out, since, seen); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		since = now
	}
}

// state is what changes when a session is saved.
type state struct {
	expires, signed int64
}

func stateOf(found *session) state {
	return state{found.Expires.UnixMicro(), found.Encoding.SignedAt.Unix()}
}

// followOnce prints what was saved since the last look, or a little before it:
// clocks differ.
func (a *app) followOnce(ctx context.Context, b *place.Place, s *settings.Site, f *listFlags, out *sessionLister, since time.Time, seen map[string]state) error {
	opts := f.options()
	opts.Order = djsession.OrderByExpiry
	from := since.Add(s.CookieAge - 10*time.Second)
	if from.After(opts.From) {
		opts.From = from
	}
	latest := make(map[string]state)
	for found, err := range a.sessions(ctx, b, s, opts) {
		if err != nil {
			return err
		}
		now := stateOf(found)
		latest[found.Key] = now
		before, known := seen[found.Key]
		seen[found.Key] = now
		// A session that lives longer than usual is in every look: the first
		// time, its signature says whether it is new.
		if known && before == now || !known && found.Err == nil && f.saved(found).Before(since.Add(-10*time.Second)) || !f.matches(found) {
			continue
		}
		if err := out.add(found); err != nil {
			return err
		}
	}
	for key := range seen {
		if _, there := latest[key]; !there {
			delete(seen, key)
		}
	}
	return out.flush()
}
