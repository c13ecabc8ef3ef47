package rediscache

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/djsession/djsession-go/djsession"
)

// NotifyConfig is the least that Redis's notify-keyspace-events must hold for
// [Notifications]: events of keys that are deleted, expire or are evicted.
const NotifyConfig = "Egxe"

// Notifications subscribes to Redis's events of keys that are gone, for
// djsession.Watcher.Listen. prefix is what comes before a session's key in a
// key of the cache, such as ":1:django.contrib.sessions.cache". Redis sends
// none unless its notify-keyspace-events is set: see [NotifyConfig]. It must be
// one server, or Sentinel's: in a Cluster each node sends its own. A client
// that may subscribe learns the keys of sessions that end, which are worth
// nothing by then.
func Notifications(ctx context.Context, client redis.UniversalClient, prefix string) (djsession.Notifications, error) {
	sub := client.PSubscribe(ctx, "__keyevent@*__:del", "__keyevent@*__:expired", "__keyevent@*__:evicted")
	if _, err := sub.ReceiveTimeout(ctx, subscribeTimeout); err != nil { // the first answer shows that there is a connection
		sub.Close()
		return nil, err
	}
	return &notifications{sub, prefix}, nil
}

const subscribeTimeout = 10 * time.Second

type notifications struct {
	sub    *redis.PubSub
	prefix string
}

// Next implements [djsession.Notifications]. Events of other keys are passed
// over. A connection that is lost is an error, and not opened again in silence:
// what it missed must be looked for.
func (n *notifications) Next(ctx context.Context) (string, error) {
	stop := context.AfterFunc(ctx, func() { n.sub.Close() }) // the client does not wait for the context
	defer stop()
	for {
		message, err := n.sub.Receive(ctx)
		if err != nil {
			return "", cmp.Or(ctx.Err(), err)
		}
		if m, ok := message.(*redis.Message); ok {
			if key, ok := strings.CutPrefix(m.Payload, n.prefix); ok && key != "" {
				return djsession.Fingerprint(key), nil
			}
		}
	}
}

// Close implements [djsession.Notifications].
func (n *notifications) Close() error { return n.sub.Close() }
