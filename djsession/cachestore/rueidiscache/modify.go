package rueidiscache

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/redis/rueidis"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/internal/rediswire"
)

// fetch asks Redis for a value and the time it has left, in one round trip.
func (c *Cache) fetch(ctx context.Context, key string) (rediswire.Found, error) {
	ctx, ours := c.bounded(ctx)
	defer ours.stop()
	answers := c.client.DoMulti(ctx, c.client.B().Get().Key(key).Build(), c.client.B().Pttl().Key(key).Build())
	stored, err := answers[0].AsBytes()
	if err != nil && !rueidis.IsRedisNil(err) {
		return rediswire.Found{}, wrap("get", key, err)
	}
	left, leftErr := answers[1].AsInt64()
	switch {
	case rueidis.IsRedisNil(leftErr):
		return rediswire.Found{}, wrap("get", key, errMixedUp)
	case leftErr != nil:
		return rediswire.Found{}, wrap("get", key, leftErr)
	case err != nil, left == -2: // or it expired between the two
		return rediswire.Found{}, djsession.ErrNotFound
	}
	return rediswire.Found{Stored: stored, TTL: time.Duration(max(0, left)) * time.Millisecond}, nil
}

// errMixedUp says that a server, or the client, mixed up answers: it gave
// nothing where there is always a number. That must not look like a missing
// value.
var errMixedUp = errors.New("the answer is to another question")

var swap = rueidis.NewLuaScript(rediswire.Swap)

// Modify implements [cachestore.Modifier] by compare-and-swap.
func (c *Cache) Modify(ctx context.Context, key string, change cachestore.Change) error {
	return c.format.Modify(change,
		func() (rediswire.Found, error) { return c.fetch(ctx, key) },
		func(old, changed []byte, ttl time.Duration) (bool, error) {
			c.wrote(key)
			defer c.wrote(key)
			ctx, ours := c.bounded(ctx)
			defer ours.stop()
			args := []string{rueidis.BinaryString(old), rueidis.BinaryString(changed), strconv.FormatInt(ttl.Milliseconds(), 10)}
			n, err := swap.Exec(ctx, c.client, []string{key}, args).AsInt64()
			return n == 1, wrap("modify", key, err)
		})
}
