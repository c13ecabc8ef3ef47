package rediscache

import "github.com/redis/go-redis/v9"

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
