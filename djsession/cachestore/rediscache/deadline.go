package rediscache

import (
	"context"

	"github.com/redis/go-redis/v9"
)

// isPrompt reports whether the client obeys the deadline of a context while it waits for an answer. By default go-redis does not.
func isPrompt(client redis.UniversalClient) bool {
	switch c := client.(type) {
	case *redis.Client:
		return c.Options().ContextTimeoutEnabled
	case *redis.ClusterClient:
		return c.Options().ContextTimeoutEnabled
	case *redis.Ring:
		return c.Options().ContextTimeoutEnabled
	}
	return false
}

// within calls, and comes back when the context ends at the latest. The call then ends by the client's own timeouts.
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
