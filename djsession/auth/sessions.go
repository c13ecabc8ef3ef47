package auth

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/djsession/djsession-go/djsession"
)

// SessionsOf returns a user's live sessions in a store: by an index if the
// store is a djsession.UserLister, else by a walk through all sessions, which
// is for an account's page or the command line and not for each request. The id
// may be in any form that the UserFinder's PK takes, and so may those in the
// sessions; one that cannot be an id is an error. If sessions cannot be read,
// an [UnreadError] comes last. Any other error ends the walk.
func (a *Auth) SessionsOf(ctx context.Context, store djsession.Lister, userID string) iter.Seq2[*djsession.Record, error] {
	return func(yield func(*djsession.Record, error) bool) {
		userID, ok := a.canonical(userID)
		if !ok {
			yield(nil, errPK) // a name, it may be, whose sessions would seem to have ended
			return
		}
		opts := &djsession.ListOptions{State: djsession.StateLive}
		list := store.List(ctx, opts)
		if users, ok := store.(djsession.UserLister); ok {
			list = users.ListUser(ctx, userID, opts)
		}
		var unread UnreadError
		for rec, err := range list {
			switch {
			case errors.Is(err, djsession.ErrCorrupt), errors.Is(err, djsession.ErrTooLarge):
				unread.Count++
				unread.Err = err
			case err != nil:
				yield(nil, err)
				return
			case a.isOf(rec.Data, userID):
				if !yield(rec, nil) {
					return
				}
			}
		}
		if unread.Count > 0 {
			yield(nil, &unread)
		}
	}
}

// An UnreadError says that sessions could not be read, so that the user's may
// be among them. Another site's sessions in the same table are such, but so are
// all sessions if the secret key or the serializer is wrong.
type UnreadError struct {
	Count int
	Err   error // of the last of them
}

func (e *UnreadError) Error() string {
	return fmt.Sprintf("auth: %d sessions could not be read, and the user's may be among them: check the secret keys and the serializer: %v", e.Count, e.Err)
}

// Unwrap returns the last session's error, which matches djsession.ErrCorrupt
// or djsession.ErrTooLarge.
func (e *UnreadError) Unwrap() error { return e.Err }

func (a *Auth) isOf(d *djsession.Data, userID string) bool {
	id, ok := idIn(a, d)
	return ok && id == userID
}

// A ListingStore is a store whose sessions can be walked through.
type ListingStore interface {
	djsession.Store
	djsession.Lister
}

// LogoutEverywhere ends all sessions of a user but the one with the key keep,
// which may be empty, and returns how many it ended. A session that cannot be
// ended does not keep the others alive: the first such error comes after them,
// and so does an [UnreadError]. A login or a change of key while it runs may
// stay; to be sure, change the password, which ends all sessions at once on
// both sides.
func (a *Auth) LogoutEverywhere(ctx context.Context, store ListingStore, userID, keep string) (ended int, err error) {
	for rec, walkErr := range a.SessionsOf(ctx, store, userID) {
		if walkErr != nil {
			return ended, errors.Join(err, walkErr)
		}
		if rec.Key == keep {
			continue
		}
		if deleteErr := store.Delete(ctx, rec.Key); deleteErr == nil {
			ended++
		} else if err == nil {
			err = deleteErr
		}
	}
	return ended, err
}
