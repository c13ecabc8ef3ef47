// Package rediswire is what the Redis caches share, whichever client they speak
// through: how values are wrapped, what is swapped and how, and what an error
// means.
package rediswire

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/signing"
)

// Swap is the script that replaces a value if it has not changed since it was
// read. KEYS: the key. ARGV: the old bytes, the new bytes, and their time to
// live in milliseconds. It returns 1, or 0 if the key holds other bytes or
// none.
const Swap = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if tonumber(ARGV[3]) > 0 then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) else redis.call('DEL', KEYS[1]) end
return 1`

// A Format stands between a cache's value and the bytes in Redis. Django's
// RedisCache has none; django-redis may compress.
type Format struct{ Compressor cachestore.Compressor }

// Wrap returns the bytes to be stored.
func (f Format) Wrap(value []byte) ([]byte, error) {
	if f.Compressor == nil {
		return value, nil
	}
	stored, err := f.Compressor.Compress(value)
	if errors.Is(err, signing.ErrTooLarge) {
		err = djsession.ErrTooLarge
	}
	return stored, err
}

// Unwrap returns the value. A value that the compressor does not recognise was
// stored uncompressed, as short values are.
func (f Format) Unwrap(stored []byte) ([]byte, error) {
	mine := "none"
	if f.Compressor != nil {
		value, err := f.Compressor.Decompress(stored)
		switch {
		case err == nil:
			return value, nil
		case errors.Is(err, signing.ErrTooLarge):
			return nil, djsession.ErrTooLarge
		case !errors.Is(err, cachestore.ErrNotCompressed):
			return nil, undecodable(err)
		}
		mine = f.Compressor.Name()
	}
	for _, m := range magics {
		if bytes.HasPrefix(stored, []byte(m.begins)) {
			return nil, undecodable(fmt.Errorf("it was compressed by %s, and this cache is set to %s", m.name, mine))
		}
	}
	return stored, nil
}

func undecodable(err error) error {
	return &djsession.CorruptError{Err: fmt.Errorf("%w: %w", djsession.ErrUndecodable, err)}
}

// magics begin no pickle, JSON, msgpack or signed text.
var magics = []struct{ name, begins string }{
	{"zlib", "\x78\x01"}, {"zlib", "\x78\x5e"}, {"zlib", "\x78\x9c"}, {"zlib", "\x78\xda"},
	{"gzip", "\x1f\x8b"},
	{"lz4", "\x04\x22\x4d\x18"},
	{"zstd", "\x28\xb5\x2f\xfd"},
	{"lzma", "\xfd7zXZ\x00"},
}
