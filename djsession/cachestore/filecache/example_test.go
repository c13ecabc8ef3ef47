package filecache_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/djsession/djsession-go/djsession/cachestore/filecache"
)

func ExampleNew() {
	dir, err := os.MkdirTemp("", "django_cache") // LOCATION of Django's CACHES
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	cache := filecache.New(dir, nil)
	ctx := context.Background()
	if err := cache.Set(ctx, ":1:greeting", []byte("hello"), time.Minute); err != nil {
		fmt.Println(err)
		return
	}
	value, err := cache.Get(ctx, ":1:greeting")
	fmt.Println(string(value), err)
	// Output: hello <nil>
}
