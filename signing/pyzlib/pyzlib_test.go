package pyzlib_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/signing/pyzlib"
)

func TestDecompress(t *testing.T) {
	plain := []byte(strings.Repeat("packs well ", 100))
	packed := pyzlib.Compress([]byte("before"), plain)[len("before"):]
	for _, row := range []struct {
		reason string
		src    []byte
		max    int
		want   error
	}{
		{"just as large as it may be", packed, len(plain), nil},
		{"a byte larger", packed, len(plain) - 1, pyzlib.ErrTooLarge},
		{"bytes behind the stream", append(bytes.Clone(packed), "more"...), len(plain), nil},
		{"half a stream", packed[:len(packed)/2], len(plain), pyzlib.ErrMalformed},
		{"a wrong checksum", append(bytes.Clone(packed[:len(packed)-1]), packed[len(packed)-1]^1), len(plain), pyzlib.ErrMalformed},
		{"nothing", nil, len(plain), pyzlib.ErrMalformed},
		{"something else", []byte("\x1f\x8b\x08"), len(plain), pyzlib.ErrMalformed},
	} {
		got, err := pyzlib.Decompress([]byte("before"), row.src, row.max)
		if !errors.Is(err, row.want) || err == nil && string(got) != "before"+string(plain) {
			t.Errorf("%s: got %d bytes, %v", row.reason, len(got), err)
		}
	}
}

func FuzzDecompress(f *testing.F) {
	f.Add([]byte{})
	f.Add(pyzlib.Compress(nil, []byte("plain")))
	f.Fuzz(func(t *testing.T, src []byte) {
		got, err := pyzlib.Decompress(nil, src, 1<<16)
		if len(got) > 1<<16 || err != nil && !errors.Is(err, pyzlib.ErrTooLarge) && !errors.Is(err, pyzlib.ErrMalformed) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
		if again, err := pyzlib.Decompress(nil, pyzlib.Compress(nil, src), len(src)); err != nil || !bytes.Equal(again, src) {
			t.Errorf("%d bytes came back as %d, %v", len(src), len(again), err)
		}
	})
}
