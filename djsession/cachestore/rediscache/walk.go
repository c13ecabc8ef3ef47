package rediscache

import (
	"context"
	"errors"
	"iter"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
)

var _ cachestore.Walker = (*Cache)(nil)

// globs are what MATCH takes for more than a character.
var globs = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`)

// Keys implements [cachestore.Walker] by SCAN, which blocks no other client: on
// each master of a Cluster, one after the other.
func (c *Cache) Keys(ctx context.Context, prefix string, pageSize int) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		nodes, err := c.nodes(ctx)
		if err != nil {
			yield(nil, c.wrap(ctx, "list", prefix, err))
			return
		}
		for _, node := range nodes {
			for cursor := uint64(0); ; {
				var keys []string
				_, err := within(ctx, c.prompt, func() (_ struct{}, err error) {
					keys, cursor, err = node.Scan(ctx, cursor, globs.Replace(prefix)+"*", int64(pageSize)).Result()
					return struct{}{}, err
				})
				if err != nil {
					yield(nil, c.wrap(ctx, "list", prefix, err))
					return
				}
				if len(keys) > 0 && !yield(keys, nil) {
					return
				}
				if cursor == 0 {
					break
				}
			}
		}
	}
}

// nodes are the servers that hold different keys.
func (c *Cache) nodes(ctx context.Context) (nodes []redis.Cmdable, err error) {
	var mu sync.Mutex
	add := func(_ context.Context, node *redis.Client) error {
		mu.Lock()
		defer mu.Unlock()
		nodes = append(nodes, node)
		return nil
	}
	switch client := c.client.(type) {
	case *redis.ClusterClient:
		err = client.ForEachMaster(ctx, add)
	case *redis.Ring:
		err = client.ForEachShard(ctx, add)
	default:
		nodes = []redis.Cmdable{client}
	}
	return nodes, err
}

// GetAll implements [cachestore.Walker].
func (c *Cache) GetAll(ctx context.Context, keys []string) ([]cachestore.Entry, error) {
	type answer struct {
		get  *redis.StringCmd
		left *redis.DurationCmd
	}
	answers, err := within(ctx, c.prompt, func() ([]answer, error) {
		answers := make([]answer, len(keys))
		pipe := c.client.Pipeline()
		for i, key := range keys {
			answers[i] = answer{pipe.Get(ctx, key), pipe.PTTL(ctx, key)}
		}
		_, _ = pipe.Exec(ctx) // each answer has its own error
		return answers, nil
	})
	if err != nil {
		return nil, c.wrap(ctx, "list", "", err)
	}
	entries := make([]cachestore.Entry, len(keys))
	for i, a := range answers {
		e := &entries[i]
		stored, err := a.get.Bytes()
		if e.Err = c.wrap(ctx, "list", keys[i], err); e.Err == nil {
			e.Value, e.Err = c.format.Unwrap(stored)
		}
		if e.Err != nil && !errors.Is(e.Err, djsession.ErrNotFound) && !errors.Is(e.Err, djsession.ErrCorrupt) &&
			!errors.Is(e.Err, djsession.ErrTooLarge) {
			return nil, e.Err
		}
		switch err := a.left.Err(); {
		case err == redis.Nil:
			return nil, c.wrap(ctx, "list", keys[i], errMixedUp)
		case err != nil:
			return nil, c.wrap(ctx, "list", keys[i], err)
		case a.left.Val() == -2: // it expired between the two
			e.Err = djsession.ErrNotFound
		case a.left.Val() > 0:
			e.TTL = a.left.Val()
		}
	}
	return entries, nil
}
