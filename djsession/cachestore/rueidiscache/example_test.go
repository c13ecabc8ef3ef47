package rueidiscache_test

import (
	"log"
	"net"
	"time"

	"github.com/redis/rueidis"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/rueidiscache"
)

// Sessions stay in memory until Redis says that they have changed. A dead
// connection is noticed within three seconds.
func Example() {
	client, err := rueidis.NewClient(rueidis.ClientOption{
		InitAddress:      []string{"localhost:6379"},
		Dialer:           net.Dialer{Timeout: 2 * time.Second, KeepAlive: time.Second},
		ConnWriteTimeout: 2 * time.Second,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	cache := rueidiscache.New(client, &rueidiscache.Options{ClientCache: true})
	_ = djsession.NewManager(cachestore.New(cache, nil), nil)
}
