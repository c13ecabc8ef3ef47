package compress

import (
	"bytes"
	"errors"
	"sync"

	"github.com/klauspost/compress/gzip"

	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/internal/pyzlib"
	"github.com/djsession/djsession-go/signing"
)

// Zlib is the compressor of that name.
// Django: django_redis.compressors.zlib.ZlibCompressor.
func Zlib(opts *Options) cachestore.Compressor {
	return format{
		name:     "zlib",
		begins:   beginsZlib,
		compress: func(value []byte) ([]byte, error) { return pyzlib.Compress(nil, value), nil },
		decompress: func(value []byte, maxSize int) ([]byte, error) {
			plain, err := pyzlib.Decompress(nil, value, maxSize)
			if errors.Is(err, pyzlib.ErrTooLarge) {
				err = signing.ErrTooLarge
			}
			return plain, err
		},
	}.with(opts, 15)
}

// beginsZlib knows the two bytes before every zlib stream: method and window,
// and a check of them.
func beginsZlib(value []byte) bool {
	return len(value) > 2 && value[0]&0x0f == 8 && value[0]>>4 <= 7 && (uint(value[0])<<8|uint(value[1]))%31 == 0
}

// Gzip is the compressor of that name.
// Django: django_redis.compressors.gzip.GzipCompressor.
func Gzip(opts *Options) cachestore.Compressor {
	var pool sync.Pool // of *gzip.Reader
	return format{
		name:   "gzip",
		begins: magic("\x1f\x8b"),
		compress: pooled(func() *gzip.Writer {
			w, _ := gzip.NewWriterLevel(nil, 6) // there is such a level; Python's 9 gains little and can take a hundred times as long here
			return w
		}),
		decompress: func(value []byte, maxSize int) ([]byte, error) {
			r, ok := pool.Get().(*gzip.Reader)
			if !ok {
				r = new(gzip.Reader)
			}
			if err := r.Reset(bytes.NewReader(value)); err != nil {
				return nil, err
			}
			defer pool.Put(r)
			return readAll(r, maxSize)
		},
	}.with(opts, 15)
}
