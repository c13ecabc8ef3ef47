package djsession

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Rekey moves a session to another key, by the store's own Rekey if it is a
// [Rekeyer], whose errors it returns. It is for a [Manager], and for stores
// over other stores.
//
// Without a Rekeyer it takes several steps: it creates the new session, empties
// and ends the old one, and deletes the new one again if the old one was gone.
// So nothing is lost until both are stored, and a program that ends in between
// leaves a session under a key that no browser has. If the answer to the second
// step is lost, the session may be too: no store can tell that from a logout.
// Of several calls at once exactly one succeeds if the store is a [Modifier],
// or forgets a session that is updated with an expiry in the past; in other
// stores it can be more.
func Rekey(ctx context.Context, store Store, old string, rec *Record) error {
	if r, ok := store.(Rekeyer); ok {
		return r.Rekey(ctx, old, rec)
	}
	if err := store.Create(ctx, rec); err != nil {
		return err
	}
	if err := take(ctx, store, old); err != nil {
		return undoCreate(ctx, store, rec.Key, err)
	}
	return nil
}

// taken is the expiry of a session that a Rekey has taken and not yet deleted.
var taken = time.Unix(1, 0)

// take deletes a session, or returns ErrNotFound: only a session that is
// there can be changed into an empty one that has expired.
func take(ctx context.Context, store Store, key string) error {
	var err error
	if m, ok := store.(Modifier); ok {
		err = m.Modify(ctx, key, func(rec *Record) error {
			if rec.Expires.Equal(taken) {
				return ErrNotFound
			}
			rec.Data.Clear()
			rec.Expires = taken
			return nil
		})
	} else {
		err = store.Update(ctx, &Record{Key: key, Data: new(Data), Expires: taken})
	}
	if err == nil {
		_ = store.Delete(ctx, key) // if that fails, ClearExpired does it
	}
	return err
}

// undoTimeout bounds the deletion of a session that was created in vain.
const undoTimeout = 5 * time.Second

// undoCreate deletes a session that was created in vain, even if the context
// has ended.
func undoCreate(ctx context.Context, store Store, key string, why error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTimeout)
	defer cancel()
	if err := store.Delete(ctx, key); err != nil {
		return fmt.Errorf("djsession: a session is left under a key that no browser has: %w", errors.Join(why, err))
	}
	return why
}
