package compress_test

import (
	"bytes"
	"fmt"

	"github.com/djsession/djsession-go/djsession/cachestore/compress"
)

// OPTIONS = {"COMPRESSOR": "django_redis.compressors.zlib.ZlibCompressor"}
func ExampleZlib() {
	zlib := compress.Zlib(nil) // for Options.Compressor of a cache
	packed, err := zlib.Compress(bytes.Repeat([]byte("tea "), 100))
	if err != nil {
		fmt.Println(err)
		return
	}
	value, err := zlib.Decompress(packed)
	fmt.Println(len(packed) < 50, len(value), err)
	// Output: true 400 <nil>
}
