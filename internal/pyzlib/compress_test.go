package pyzlib

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"hash/adler32"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// plainInflate is inflate by the standard library, in which the two must agree.
func plainInflate(src []byte, max int) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(src))
	if err != nil {
		return nil, ErrMalformed
	}
	out, err := io.ReadAll(io.LimitReader(z, int64(max)+1))
	switch {
	case len(out) > max:
		return nil, ErrTooLarge
	case err != nil:
		return nil, ErrMalformed
	}
	return out, nil
}

func checkInflate(t *testing.T, src []byte, max int) {
	t.Helper()
	got, err := Decompress(nil, src, max)
	want, wantErr := plainInflate(src, max)
	// A stream that is both too large and broken may be refused for either.
	// Go's reader takes some codes that zlib, and so Python, does not.
	if err == nil && (wantErr != nil || !bytes.Equal(got, want)) {
		t.Fatalf("%x: got %q, want %q, %v", src, got, want, wantErr)
	}
	if err != nil && wantErr == nil && !incompleteLengths(src) {
		t.Fatalf("%x: got error %v, want %d bytes", src, err, len(want))
	}
	if err != nil && got != nil {
		t.Fatalf("%x: an error with data", src)
	}
}

// incompleteLengths reports whether the stream may have a block whose code for
// code lengths is a single one, or without an end, which zlib refuses.
func incompleteLengths(src []byte) bool { return len(src) > 2 && src[2]>>1&3 == 2 }

func samples() [][]byte {
	random := rand.New(rand.NewPCG(1, 2))
	noise := func(n, letters int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte('a' + random.IntN(letters))
		}
		return b
	}
	all := [][]byte{nil, []byte("a"), []byte("abc"), []byte(strings.Repeat("a", 3)), []byte(strings.Repeat("ab", 20000)), bytes.Repeat([]byte{0}, 1<<17)}
	for _, n := range []int{10, 100, 257, 258, 259, 1000, 5000} {
		for _, letters := range []int{1, 2, 5, 30, 150} {
			all = append(all, noise(n, letters))
		}
	}
	all = append(all, noise(33000, 5), noise(70000, 150)) // beyond a window, and beyond a stored block
	var b strings.Builder
	for i := range 400 {
		b.WriteString(`{"id":` + strings.Repeat("9", i%7+1) + `,"path":"/shop/item/`)
		b.Write(noise(i%9, 26))
		b.WriteString(`/","ok":true},`)
		if i%25 == 1 {
			all = append(all, []byte(b.String()))
		}
	}
	return all
}

func TestInflateLikeTheStandardLibrary(t *testing.T) {
	for _, payload := range samples() {
		for _, level := range []int{flate.HuffmanOnly, flate.NoCompression, flate.BestSpeed, flate.DefaultCompression, flate.BestCompression} {
			var packed bytes.Buffer
			z, err := zlib.NewWriterLevel(&packed, level)
			if err != nil {
				t.Fatal(err)
			}
			z.Write(payload[:len(payload)/2])
			if level == flate.BestSpeed {
				z.Flush() // an empty stored block between
			}
			z.Write(payload[len(payload)/2:])
			z.Close()
			got, err := Decompress([]byte("before"), append(packed.Bytes(), "behind"...), len(payload))
			if err != nil || string(got) != "before"+string(payload) {
				t.Fatalf("level %d: %d bytes came back as %d, %v", level, len(payload), len(got)-6, err)
			}
			if len(payload) > 0 {
				if _, err := Decompress(nil, packed.Bytes(), len(payload)-1); !errors.Is(err, ErrTooLarge) {
					t.Fatalf("level %d: beyond the bound: got error %v", level, err)
				}
			}
			for _, cut := range []int{1, 2, 3, 5, 10, packed.Len() / 2} {
				if cut <= packed.Len() {
					if _, err := Decompress(nil, packed.Bytes()[:packed.Len()-cut], len(payload)); err == nil {
						t.Fatalf("level %d: %d bytes were cut off unnoticed", level, cut)
					}
				}
			}
		}
	}
}

func TestInflateBroken(t *testing.T) {
	for _, row := range []struct{ reason, bits string }{
		{"an unknown kind of block", "1 11"},
		{"more literals than there are", "1 01 01111 00000 0000"},
		{"more distances than there are", "1 01 00000 01111 0000"},
		{"no code for lengths", "1 01 00000 00000 0000 000 000 000 000"},
		{"a literal that is none", "1 10 11000110"},
		{"a distance that is none", "1 10 00110000 0000001 11110"},
		{"a distance beyond the beginning", "1 10 00110000 0000001 00001"},
	} {
		if _, err := Decompress(nil, stream(row.bits), 100); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got error %v", row.reason, err)
		}
		checkInflate(t, stream(row.bits), 100)
	}
	good := []byte{0x78, 0x9c, 0x4b, 0x04, 0x00, 0x00, 0x62, 0x00, 0x62}
	if got, err := Decompress(nil, good, 1); string(got) != "a" || err != nil {
		t.Fatalf("got %q, %v", got, err)
	}
	for i := range good {
		for bit := range 8 {
			broken := bytes.Clone(good)
			broken[i] ^= 1 << bit
			checkInflate(t, broken, 100)
		}
	}
}

// stream writes bits as RFC 1951 does: codes from their first bit, numbers as
// they are given.
func stream(bits string) []byte {
	out := []byte{0x78, 0x9c}
	n := 0
	for _, c := range strings.ReplaceAll(bits, " ", "") {
		if n%8 == 0 {
			out = append(out, 0)
		}
		out[len(out)-1] |= byte(c-'0') << (n % 8)
		n++
	}
	return append(out, make([]byte, 300)...)
}

func TestDeflateLikeTheStandardLibrary(t *testing.T) {
	for _, payload := range samples() {
		packed := Compress([]byte("before"), payload)[6:]
		got, err := plainInflate(packed, len(payload))
		if err != nil || !bytes.Equal(got, payload) {
			t.Fatalf("%d bytes came back as %d, %v", len(payload), len(got), err)
		}
		var plain bytes.Buffer
		z := zlib.NewWriter(&plain)
		z.Write(payload)
		z.Close()
		if len(packed) > plain.Len()+plain.Len()/10+12 {
			t.Errorf("%d bytes are packed as %d, and as %d by the standard library", len(payload), len(packed), plain.Len())
		}
	}
}

func FuzzInflate(f *testing.F) {
	for _, payload := range samples()[:12] {
		f.Add(Compress(nil, payload[:min(len(payload), 5000)]))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		checkInflate(t, src, 1000)
		// The same with a header and a checksum that are good, so that more of
		// the stream is looked at.
		if len(src) > 2 {
			src = append([]byte{0x78, 0x9c}, src[2:]...)
			if out, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(src[2:])), 1000)); err == nil {
				checkInflate(t, binary.BigEndian.AppendUint32(src, adler32.Checksum(out)), 1000)
			}
		}
	})
}

func FuzzDeflate(f *testing.F) {
	for _, payload := range samples()[:40] {
		f.Add(payload[:min(len(payload), 5000)], uint8(1))
	}
	f.Fuzz(func(t *testing.T, payload []byte, times uint8) {
		payload = bytes.Repeat(payload, int(times))
		if len(payload) > 1<<20 {
			return
		}
		got, err := plainInflate(Compress(nil, payload), len(payload))
		if err != nil || !bytes.Equal(got, payload) {
			t.Fatalf("%d bytes came back as %d, %v", len(payload), len(got), err)
		}
	})
}
