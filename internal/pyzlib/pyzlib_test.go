package pyzlib_test

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/internal/pyzlib"
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
		{"whatever its size", packed, math.MaxInt, nil},
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

// TestAllocationsAtTheBound unpacks what just fits, literal by literal: the
// buffer grows by doubling up to there.
func TestAllocationsAtTheBound(t *testing.T) {
	const max = 1 << 16
	random := rand.New(rand.NewPCG(1, 2))
	plain := make([]byte, max)
	for i := range plain {
		plain[i] = byte(random.IntN(4))
	}
	for _, size := range []int{max - 1000, max - 100, max - 1, max} {
		packed := pyzlib.Compress(nil, plain[:size])
		allocs := testing.AllocsPerRun(10, func() {
			if _, err := pyzlib.Decompress(nil, packed, max); err != nil {
				t.Fatal(err)
			}
		})
		if allocs > 4 {
			t.Errorf("%d bytes of at most %d: %v allocations", size, max, allocs)
		}
	}
	packed := pyzlib.Compress(nil, plain)
	allocs := testing.AllocsPerRun(10, func() { pyzlib.Decompress(nil, packed, math.MaxInt) })
	if allocs > 4 {
		t.Errorf("without a bound: %v allocations", allocs)
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
