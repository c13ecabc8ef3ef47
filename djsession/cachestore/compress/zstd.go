package compress

import (
	"errors"

	"github.com/klauspost/compress/zstd"

	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/signing"
)

// Zstd is the compressor of that name.
// Django: django_redis.compressors.zstd.ZStdCompressor.
func Zstd(opts *Options) cachestore.Compressor {
	f := format{name: "zstd", begins: magic("\x28\xb5\x2f\xfd")}.with(opts, 15).(*format)
	// Neither starts a goroutine, nor can fail with these options.
	encoder, _ := zstd.NewWriter(nil, zstd.WithLowerEncoderMem(true))
	decoder, _ := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(uint64(f.opts.MaxSize)))
	f.compress = func(value []byte) ([]byte, error) { return encoder.EncodeAll(value, nil), nil }
	f.decompress = func(value []byte, _ int) ([]byte, error) {
		plain, err := decoder.DecodeAll(value, nil)
		if errors.Is(err, zstd.ErrDecoderSizeExceeded) || errors.Is(err, zstd.ErrWindowSizeExceeded) {
			err = signing.ErrTooLarge
		}
		return plain, err
	}
	return f
}
