package compress

import (
	"bytes"
	"errors"

	"github.com/andybalholm/brotli"

	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/signing"
)

// Brotli is the compressor of that name, which django-valkey has. Its format
// has no beginning to know it by: what cannot be decompressed was left as it
// is, as django-valkey has it.
// Django: django_valkey.compressors.brotli.BrotliCompressor.
func Brotli(opts *Options) cachestore.Compressor {
	f := format{name: "brotli", compress: writeBrotli}.with(opts, 15).(*format)
	f.begins = func([]byte) bool { return true }
	f.decompress = readBrotli
	return f
}

// brotliLevel is less than django-valkey's 11, which takes fifty times as long
// for some percent.
const brotliLevel = 5

func writeBrotli(value []byte) ([]byte, error) {
	var out bytes.Buffer
	w := brotli.NewWriterLevel(&out, brotliLevel)
	if _, err := w.Write(value); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// readBrotli takes nothing at all for something that was not compressed: only
// values longer than that are.
func readBrotli(value []byte, maxSize int) ([]byte, error) {
	plain, err := readAll(brotli.NewReader(bytes.NewReader(value)), maxSize)
	if errors.Is(err, signing.ErrTooLarge) {
		return nil, err
	}
	if err != nil || len(plain) == 0 {
		return nil, cachestore.ErrNotCompressed
	}
	return plain, nil
}
