package cachestore

import (
	"context"
	"time"
)

// A Cache keeps values under keys for a while, as the backends of
// django.core.cache do. A value is what the cache's serializer wrote, most
// often a pickle: how the cache wraps, flags or compresses it on the wire is
// its own affair. Keys are complete, with prefix and version. A Cache is safe
// for concurrent use and obeys the context's deadline; when it cannot be asked,
// the error matches djsession.ErrUnavailable.
//
// A time to live is in whole seconds, but for the time left that a [Change]
// hands back. One of zero or less has passed already: what is written with it
// is not there afterwards, and what was there before is gone, but each method
// answers as if it had stored the value.
type Cache interface {
	// Get returns the value, or djsession.ErrNotFound. A value in a form that
	// this cache cannot unwrap is an error that matches djsession.ErrCorrupt,
	// and one that is larger than this cache reads is djsession.ErrTooLarge.
	// Django: BaseCache.get.
	Get(ctx context.Context, key string) ([]byte, error)

	// Set stores the value for ttl, whatever was there. Django: BaseCache.set.
	Set(ctx context.Context, key string, value []byte, ttl time.Duration) error

	// Add stores the value unless there is one, which is
	// djsession.ErrKeyExists.
	// Django: BaseCache.add.
	Add(ctx context.Context, key string, value []byte, ttl time.Duration) error

	// Replace stores the value if there is one, else it is
	// djsession.ErrNotFound: a save must never undo a logout. With a time to
	// live of zero or less it takes the value away, and of several such calls
	// at once one succeeds: a change of a session's key relies on it.
	Replace(ctx context.Context, key string, value []byte, ttl time.Duration) error

	// Delete removes the value. It is no error if there is none.
	// Django: BaseCache.delete.
	Delete(ctx context.Context, key string) error
}

// A TTLGetter is a [Cache] that can tell, with a value, how long it has left to
// live. Where asking costs another round trip, a cache had better not be one.
type TTLGetter interface {
	// GetTTL is Get with the time that is left: zero if the value does not
	// expire, or if that is not known.
	GetTTL(ctx context.Context, key string) (value []byte, ttl time.Duration, err error)
}

// A Modifier is a [Cache] that can change a value atomically.
type Modifier interface {
	// Modify stores what change makes of the value, by compare-and-swap or
	// under a lock; change may be called again after a lost race. change gets
	// the time left, as GetTTL returns it, and returns the new one. Modify
	// returns djsession.ErrNotFound without calling change if there is no
	// value, and if the value expires or is deleted while change runs. A value
	// that cannot be unwrapped is nil to change; one that is too large for that
	// is djsession.ErrTooLarge, without a call. An error of change is returned
	// as it is, and nothing is stored.
	Modify(ctx context.Context, key string, change Change) error
}

// A Change makes of a value and the time it has left what is to be stored.
type Change = func(value []byte, ttl time.Duration) (changed []byte, newTTL time.Duration, err error)
