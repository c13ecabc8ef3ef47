package cachestore

import (
	"context"

	"github.com/djsession/djsession-go/djsession"
)

// A cachedDBModifier is a cachedDB whose database is a [djsession.Modifier].
type cachedDBModifier struct {
	c  *cachedDB
	db djsession.Modifier
}

// Modify implements [djsession.Modifier]: the database decides, the cache
// follows.
func (m *cachedDBModifier) Modify(ctx context.Context, key string, change func(rec *djsession.Record) error) error {
	var saved *djsession.Record
	changeFailed := false
	err := m.db.Modify(ctx, key, func(rec *djsession.Record) error {
		saved = rec
		err := change(rec)
		changeFailed = err != nil
		return err
	})
	if changeFailed {
		return err
	}
	return m.c.updated(ctx, key, saved, err)
}

// withOptional returns the store with those optional methods that the database
// has too.
func (c *cachedDB) withOptional() djsession.Store {
	type (
		modifier = djsession.Modifier
		clearer  = djsession.ExpiredClearer
		lister   = djsession.Lister
	)
	db, modifies := c.db.(modifier)
	clear, clears := c.db.(clearer)
	list, lists := c.db.(lister)
	users, listsUsers := c.db.(djsession.UserLister)
	modify := &cachedDBModifier{c, db}
	switch {
	case modifies && clears && lists && listsUsers: // as every table with a user's column does
		return struct {
			*cachedDB
			modifier
			clearer
			lister
			djsession.UserLister
		}{c, modify, clear, list, users}
	case modifies && clears && lists:
		return struct {
			*cachedDB
			modifier
			clearer
			lister
		}{c, modify, clear, list}
	case modifies && clears:
		return struct {
			*cachedDB
			modifier
			clearer
		}{c, modify, clear}
	case modifies && lists:
		return struct {
			*cachedDB
			modifier
			lister
		}{c, modify, list}
	case clears && lists:
		return struct {
			*cachedDB
			clearer
			lister
		}{c, clear, list}
	case modifies:
		return struct {
			*cachedDB
			modifier
		}{c, modify}
	case clears:
		return struct {
			*cachedDB
			clearer
		}{c, clear}
	case lists:
		return struct {
			*cachedDB
			lister
		}{c, list}
	}
	return c
}
