package compress

import (
	"bytes"
	"encoding/binary"
	"io"
	"sync"

	"github.com/pierrec/lz4/v4"

	"github.com/djsession/djsession-go/djsession/cachestore"
)

// LZ4 is the compressor of that name, which writes frames.
// Django: django_redis.compressors.lz4.Lz4Compressor.
func LZ4(opts *Options) cachestore.Compressor {
	var pool sync.Pool // of *lz4.Reader
	return format{
		name:   "lz4",
		begins: magic("\x04\x22\x4d\x18"),
		compress: pooled(func() *lz4.Writer {
			w := lz4.NewWriter(nil)
			_ = w.Apply(lz4.BlockSizeOption(lz4.Block64Kb)) // there is such a size; the default takes 8 MiB
			return w
		}),
		decompress: func(value []byte, maxSize int) ([]byte, error) {
			if !endsLZ4(value) {
				return nil, io.ErrUnexpectedEOF // to the package a frame cut short is one that has ended
			}
			r, ok := pool.Get().(*lz4.Reader)
			if !ok {
				r = lz4.NewReader(nil)
			}
			r.Reset(bytes.NewReader(value))
			defer pool.Put(r)
			return readAll(r, maxSize)
		},
	}.with(opts, 15)
}

// endsLZ4 walks through the blocks of a frame, and reports whether they come to
// its end.
func endsLZ4(frame []byte) bool {
	if len(frame) < 7 {
		return false
	}
	flags := frame[4]
	at := 7
	if flags&0x08 != 0 {
		at += 8 // the content's size
	}
	if flags&0x01 != 0 {
		at += 4 // a dictionary
	}
	for at+4 <= len(frame) {
		block := int(binary.LittleEndian.Uint32(frame[at:]) & 0x7fffffff)
		at += 4
		if block == 0 {
			if flags&0x04 != 0 {
				at += 4 // the content's checksum
			}
			return at <= len(frame)
		}
		if flags&0x10 != 0 {
			at += 4 // the block's checksum
		}
		if block > len(frame)-at {
			return false
		}
		at += block
	}
	return false
}
