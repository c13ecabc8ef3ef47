package memcached_test

import (
	"log"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/memcached"
)

// Name the servers as Django's LOCATION does, in the same order.
func ExampleNew() {
	cache, err := memcached.New([]string{"10.0.0.1:11211", "10.0.0.2:11211"}, &memcached.Options{Distribution: memcached.DistributionRendezvous})
	if err != nil {
		log.Fatal(err)
	}
	sessions := djsession.NewManager(cachestore.New(cache, nil), nil)
	_ = sessions // sessions.Handler(mux)
}
