// Package compress has the compressors of django-redis and django-valkey, but
// for bz2: give a cache the one that the site's OPTIONS name as COMPRESSOR.
//
//	cache := rediscache.New(client, &rediscache.Options{Compressor: compress.Zstd(nil)})
//
// Each reads and writes what the other side does, and leaves short values as
// they are. The compressed bytes need not be the same: compressors of one
// format differ.
// Django: django_redis.compressors.
package compress

import (
	"bytes"
	"fmt"
	"io"
	"sync"

	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/signing"
)

// Options is how far a compressor goes. Nil and the zero value are the
// defaults.
type Options struct {
	// MinLength is the longest value that is left as it is, in bytes. Default:
	// 15, and 100 for LZMA.
	// Django: min_length.
	MinLength int

	// MaxSize bounds a value that is compressed, and what one may become when
	// it is decompressed, in bytes. Default: 8 MiB.
	MaxSize int
}

// A format is a compressor by its two directions.
type format struct {
	name       string
	opts       Options
	begins     func(value []byte) bool
	compress   func(value []byte) ([]byte, error)
	decompress func(value []byte, maxSize int) ([]byte, error)
}

func (f format) with(opts *Options, minLength int) cachestore.Compressor {
	if opts != nil {
		f.opts = *opts
	}
	if f.opts.MinLength == 0 {
		f.opts.MinLength = minLength
	}
	if f.opts.MaxSize == 0 {
		f.opts.MaxSize = 8 << 20
	}
	return &f
}

func (f *format) Name() string { return f.name }

func (f *format) Compress(value []byte) ([]byte, error) {
	if len(value) <= f.opts.MinLength {
		return value, nil
	}
	if len(value) > f.opts.MaxSize {
		return nil, signing.ErrTooLarge
	}
	return f.compress(value)
}

func (f *format) Decompress(value []byte) ([]byte, error) {
	if !f.begins(value) {
		return nil, cachestore.ErrNotCompressed
	}
	plain, err := f.decompress(value, f.opts.MaxSize)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.name, err)
	}
	return plain, nil
}

// magic is for formats that begin with the same bytes always.
func magic(text string) func([]byte) bool {
	return func(value []byte) bool { return bytes.HasPrefix(value, []byte(text)) }
}

// readAll reads no more than maxSize.
func readAll(r io.Reader, maxSize int) ([]byte, error) {
	plain, err := io.ReadAll(io.LimitReader(r, max(int64(maxSize), int64(maxSize)+1))) // there may be no larger number
	if err == nil && len(plain) > maxSize {
		return nil, signing.ErrTooLarge
	}
	return plain, err
}

// A resetter is a compressing writer that can be used again.
type resetter interface {
	io.WriteCloser
	Reset(w io.Writer)
}

// pooled returns a compress function over writers that are used again.
func pooled[W resetter](make func() W) func([]byte) ([]byte, error) {
	var pool sync.Pool
	return func(value []byte) ([]byte, error) {
		w, ok := pool.Get().(W)
		if !ok {
			w = make()
		}
		var out bytes.Buffer
		w.Reset(&out)
		if _, err := w.Write(value); err != nil {
			return nil, err
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
		pool.Put(w)
		return out.Bytes(), nil
	}
}
