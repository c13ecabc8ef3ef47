package rediscache

import (
	"context"

	"github.com/redis/go-redis/v9"
)

// prompt returns a client that obeys the deadline of a context while it waits
// for an answer, and whether it is one. By default go-redis does not. A single
// server's client is copied with that changed: the copy shares its connections,
// hooks and limits.
func prompt(client redis.UniversalClient) (redis.UniversalClient, bool) {
	switch c := client.(type) {
	case *redis.Client:
		if c.Options().ContextTimeoutEnabled {
			return c, true
		}
		twin := c.WithTimeout(c.Options().ReadTimeout) // which copies the options, the only way to have one
		twin.Options().WriteTimeout = c.Options().WriteTimeout
		twin.Options().ContextTimeoutEnabled = true
		return twin, !c.Options().ContextTimeoutEnabled
	case *redis.ClusterClient:
		return c, c.Options().ContextTimeoutEnabled
	case *redis.Ring:
		return c, c.Options().ContextTimeoutEnabled
	}
	return client, false
}

// within calls, and comes back when the context ends at the latest. A call that
// the client does not let go of then ends by its own timeouts.
func within[T any](ctx context.Context, prompt bool, call func() (T, error)) (T, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	if prompt || ctx.Done() == nil {
		return call()
	}
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		value, err := call()
		answers <- answer{value, err}
	}()
	select {
	case a := <-answers:
		return a.value, a.err
	case <-ctx.Done():
		return none, ctx.Err()
	}
}
