package rediswire

import (
	"errors"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
)

// Found is what Redis holds under a key, and for how long: zero without end.
type Found struct {
	Stored []byte
	TTL    time.Duration
}

// maxRaces is how often a swap may be lost before something else must be wrong.
const maxRaces = 1000

// Modify is [cachestore.Modifier] by compare-and-swap. Fetch's error is
// returned as it is; swap runs the script [Swap], and tells whether it did.
func (f Format) Modify(change cachestore.Change, fetch func() (Found, error), swap func(old, changed []byte, ttl time.Duration) (bool, error)) error {
	for range maxRaces {
		old, err := fetch()
		if err != nil {
			return err
		}
		value, err := f.Unwrap(old.Stored)
		if errors.Is(err, djsession.ErrTooLarge) {
			return err
		}
		if err != nil {
			value = nil
		}
		value, ttl, err := change(value, old.TTL)
		if err != nil {
			return err
		}
		stored, err := f.Wrap(value)
		if err != nil {
			return err
		}
		if done, err := swap(old.Stored, stored, ttl); err != nil || done {
			return err
		}
	}
	return djsession.ErrRaces
}
