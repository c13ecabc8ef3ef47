package auth

import (
	"context"
	"errors"
	"iter"

	"github.com/djsession/djsession-go/djsession"
)

// SessionsOf returns a user's live sessions in a store: by an index where the store is a djsession.UserLister, else by walking through all
// of them, which is for an account's page or the command line and not for each request. The id may be in any form that the
// UserFinder's PK takes, and so may those in the sessions; one that cannot be an id is an error. A session that matches
// djsession.ErrCorrupt is nobody's, for Django too. One that matches djsession.ErrTooLarge may be the user's: that error comes last,
// when all others have been seen. Any other error ends the walk.
func (a *Auth) SessionsOf(ctx context.Context, store djsession.Lister, userID string) iter.Seq2[*djsession.Record, error] {
	return func(yield func(*djsession.Record, error) bool) {
		userID, ok := a.canonical(userID)
		if !ok {
			yield(nil, errPK) // a name, it may be, whose sessions would seem to have ended
			return
		}
		opts := &djsession.ListOptions{State: djsession.Live}
		list := store.List(ctx, opts)
		if users, ok := store.(djsession.UserLister); ok {
			list = users.ListUser(ctx, userID, opts)
		}
		var unread error
		for rec, err := range list {
			switch {
			case errors.Is(err, djsession.ErrCorrupt):
			case errors.Is(err, djsession.ErrTooLarge):
				unread = err
			case err != nil:
				yield(nil, err)
				return
			case a.isOf(rec.Data, userID):
				if !yield(rec, nil) {
					return
				}
			}
		}
		if unread != nil {
			yield(nil, unread)
		}
	}
}

func (a *Auth) isOf(d *djsession.Data, userID string) bool {
	value, _, err := d.Get(userIDName)
	if err != nil {
		return false
	}
	id, ok := a.users.PK().Parse(value)
	return ok && id == userID
}

// A ListingStore is a store whose sessions can be walked through.
type ListingStore interface {
	djsession.Store
	djsession.Lister
}

// LogoutEverywhere ends all sessions of a user but the one with the key keep, which may be empty, and returns how many they were. A
// login while it runs may stay; to be sure, change the password, which ends all sessions at once on both sides.
func (a *Auth) LogoutEverywhere(ctx context.Context, store ListingStore, userID, keep string) (ended int, err error) {
	for rec, err := range a.SessionsOf(ctx, store, userID) {
		if err != nil {
			return ended, err
		}
		if rec.Key == keep {
			continue
		}
		if err := store.Delete(ctx, rec.Key); err != nil {
			return ended, err
		}
		ended++
	}
	return ended, nil
}
