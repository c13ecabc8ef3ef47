package filecache

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/atomicfile"
	"github.com/djsession/djsession-go/internal/pyzlib"
	"github.com/djsession/djsession-go/pickle"
)

// An entry is what a file holds: a pickle of when it expires, and the packed
// value right behind.
type entry struct {
	value []byte
	ttl   time.Duration // zero: it does not expire
}

// overhead is more than the expiry and zlib add to a value that does not pack.
const overhead = 64 << 10

func (c *Cache) fileSize() int64 { return int64(c.maxSize) + overhead }

// decode returns what was read. A value that has expired is
// djsession.ErrNotFound; an empty file, to Django, is one.
func (c *Cache) decode(v *atomicfile.Version, err error) (entry, error) {
	if errors.Is(err, atomicfile.ErrTooLarge) {
		return entry{}, djsession.ErrTooLarge
	}
	if err != nil {
		return entry{}, err
	}
	if len(v.Data) == 0 {
		return entry{}, djsession.ErrNotFound
	}
	expiry, packed, err := pickle.LoadsPrefix(v.Data, nil)
	if err != nil {
		return entry{}, undecodable(err)
	}
	ttl, err := c.timeLeft(expiry)
	if err != nil {
		return entry{}, err
	}
	value, err := inflate(packed, c.maxSize)
	return entry{value, ttl}, err
}

// timeLeft is until when a value lives: seconds since 1970, or None for ever.
func (c *Cache) timeLeft(expiry any) (time.Duration, error) {
	var seconds float64
	switch e := expiry.(type) {
	case nil:
		return 0, nil
	case float64:
		seconds = e
	case int64:
		seconds = float64(e)
	default:
		return 0, undecodable(fmt.Errorf("its expiry is a %T", expiry))
	}
	now := c.now()
	left := (seconds - float64(now.Unix())) * float64(time.Second)
	if left >= math.MaxInt64 {
		return math.MaxInt64, nil
	}
	// The fraction of now apart keeps what a float64 of nanoseconds since 1970
	// would lose.
	ttl := time.Duration(left) - time.Duration(now.Nanosecond())
	if math.IsNaN(left) || left < math.MinInt64/2 || ttl <= 0 {
		return 0, djsession.ErrNotFound
	}
	return ttl, nil
}

// encode returns the content of a file.
func encode(value []byte, expires time.Time) ([]byte, error) {
	seconds := float64(expires.Unix()) + float64(expires.Nanosecond())/1e9
	expiry, err := pickle.Marshal(seconds, nil)
	if err != nil {
		return nil, err
	}
	return pyzlib.Compress(expiry, value), nil
}

// inflate unpacks no more than maxSize bytes.
func inflate(packed []byte, maxSize int) ([]byte, error) {
	value, err := pyzlib.Decompress(make([]byte, 0, 2*len(packed)), packed, maxSize)
	switch {
	case errors.Is(err, pyzlib.ErrTooLarge):
		return nil, djsession.ErrTooLarge
	case err != nil:
		return nil, undecodable(err)
	}
	return value, nil
}

func undecodable(err error) error {
	return &djsession.CorruptError{Err: fmt.Errorf("%w: %w", djsession.ErrUndecodable, err)}
}
