package compress_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/compress"
	"github.com/djsession/djsession-go/signing"
)

var constructors = map[string]func(*compress.Options) cachestore.Compressor{
	"zlib":   compress.Zlib,
	"gzip":   compress.Gzip,
	"lz4":    compress.LZ4,
	"zstd":   compress.Zstd,
	"lzma":   compress.LZMA,
	"brotli": compress.Brotli,
}

func each(t *testing.T, opts *compress.Options, test func(t *testing.T, c cachestore.Compressor)) {
	for name, constructor := range constructors {
		t.Run(name, func(t *testing.T) {
			c := constructor(opts)
			if c.Name() != name {
				t.Errorf("it calls itself %s", c.Name())
			}
			test(t, c)
		})
	}
}

// text is as compressible as a session: words again and again.
func text(size int) []byte {
	random := rand.New(rand.NewPCG(1, uint64(size)))
	var b []byte
	for len(b) < size {
		b = append(b, []string{"user", "cart", "_auth_user_id", "\x00\xff\x80", "0123456789"}[random.IntN(5)]...)
		b = append(b, byte(random.Uint32()))
	}
	return b[:size]
}

func TestThereAndBack(t *testing.T) {
	each(t, nil, func(t *testing.T, c cachestore.Compressor) {
		for _, size := range []int{101, 1000, 65535, 65536, 200_000} {
			plain := text(size)
			packed, err := c.Compress(plain)
			if err != nil {
				t.Fatal(err)
			}
			if len(packed) >= size && size > 500 {
				t.Errorf("%d bytes became %d", size, len(packed))
			}
			again, err := c.Decompress(packed)
			if err != nil || !bytes.Equal(again, plain) {
				t.Errorf("%d bytes came back as %d, %v", size, len(again), err)
			}
		}
	})
}

// TestThresholds: django-redis compresses what is longer than min_length, even
// if that makes it longer.
func TestThresholds(t *testing.T) {
	each(t, nil, func(t *testing.T, c cachestore.Compressor) {
		longest := 15
		if c.Name() == "lzma" {
			longest = 100
		}
		for size, want := range map[int]bool{0: false, longest: false, longest + 1: true} {
			plain := text(size)
			packed, err := c.Compress(plain)
			if err != nil {
				t.Fatal(err)
			}
			if compressed := !bytes.Equal(packed, plain); compressed != want {
				t.Errorf("%d bytes: compressed is %v", size, compressed)
			}
		}
	})
	each(t, &compress.Options{MinLength: 1000}, func(t *testing.T, c cachestore.Compressor) {
		if packed, err := c.Compress(text(1000)); err != nil || !bytes.Equal(packed, text(1000)) {
			t.Errorf("a threshold of one's own was not kept: %v", err)
		}
	})
}

func TestNotCompressed(t *testing.T) {
	each(t, nil, func(t *testing.T, c cachestore.Compressor) {
		for _, value := range []string{"", "x", "5", "\x80\x04}\x94.", "(dp0\n.", `{"a": 1}`, "\x81\xa1a\x01", "\x88\xb7"} {
			if got, err := c.Decompress([]byte(value)); !errors.Is(err, cachestore.ErrNotCompressed) || got != nil {
				t.Errorf("%q: got %q, %v", value, got, err)
			}
		}
		for name, other := range constructors {
			if name == c.Name() {
				continue
			}
			packed, err := other(nil).Compress(text(200))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Decompress(packed); !errors.Is(err, cachestore.ErrNotCompressed) {
				t.Errorf("of %s: got error %v", name, err)
			}
		}
	})
}

// TestDamaged: whatever is cut short or changed is an error, or what it was;
// never something else.
func TestDamaged(t *testing.T) {
	each(t, nil, func(t *testing.T, c cachestore.Compressor) {
		plain := text(500)
		packed, err := c.Compress(plain)
		if err != nil {
			t.Fatal(err)
		}
		checked := len(packed)
		if c.Name() == "lzma" {
			checked -= 28 // the index, which says nothing that is not known by then
		}
		for size := range checked {
			if got, err := c.Decompress(packed[:size]); err == nil {
				t.Fatalf("the first %d bytes of %d became %d", size, len(packed), len(got))
			}
		}
		for i := range packed {
			damaged := bytes.Clone(packed)
			damaged[i] ^= 0x10
			got, err := c.Decompress(damaged)
			if err == nil && !bytes.Equal(got, plain) && c.Name() != "zstd" && c.Name() != "brotli" { // which need not have a checksum, and have none
				t.Fatalf("a bit of byte %d of %d changed what it became", i, len(packed))
			}
		}
		if got, err := c.Decompress(packed); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("after all that: %v", err)
		}
	})
}

func TestBomb(t *testing.T) {
	each(t, &compress.Options{MaxSize: 1 << 17}, func(t *testing.T, c cachestore.Compressor) {
		if _, err := c.Compress(make([]byte, 2<<20)); !errors.Is(err, signing.ErrTooLarge) {
			t.Errorf("compressing what could not be decompressed: got error %v, want ErrTooLarge", err)
		}
		bomb, err := constructors[c.Name()](nil).Compress(make([]byte, 2<<20))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := c.Decompress(bomb); !errors.Is(err, signing.ErrTooLarge) || got != nil {
			t.Errorf("got %d bytes, %v", len(got), err)
		}
		if full, err := c.Compress(text(1 << 17)); err != nil {
			t.Fatal(err)
		} else if _, err := c.Decompress(full); err != nil {
			t.Errorf("as much as it may become: %v", err)
		}
	})
}

// TestNoBound: who wants none gives the largest number there is.
func TestNoBound(t *testing.T) {
	each(t, &compress.Options{MaxSize: math.MaxInt}, func(t *testing.T, c cachestore.Compressor) {
		plain := text(1000)
		packed, err := c.Compress(plain)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := c.Decompress(packed); err != nil || !bytes.Equal(again, plain) {
			t.Errorf("%d bytes came back as %d, %v", len(plain), len(again), err)
		}
	})
}

// TestForgedDictionary asks for 4 GiB of dictionary in the header of an xz
// file.
func TestForgedDictionary(t *testing.T) {
	c := compress.LZMA(nil)
	plain := text(500)
	packed, err := c.Compress(plain)
	if err != nil {
		t.Fatal(err)
	}
	header := packed[12 : 12+(int(packed[12])+1)*4]
	i := bytes.Index(header, []byte{0x21, 1})
	header[i+2] = 40
	binary.LittleEndian.PutUint32(header[len(header)-4:], crc32.ChecksumIEEE(header[:len(header)-4]))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, err := c.Decompress(packed)
	runtime.ReadMemStats(&after)
	if err != nil || !bytes.Equal(got, plain) {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("%d bytes were set aside", n)
	}
}

func TestTogether(t *testing.T) {
	each(t, nil, func(t *testing.T, c cachestore.Compressor) {
		var wait sync.WaitGroup
		for i := range 8 {
			wait.Go(func() {
				for j := range 20 {
					plain := text(1000 + 100*i + j)
					packed, err := c.Compress(plain)
					if err != nil {
						t.Error(err)
						return
					}
					if again, err := c.Decompress(packed); err != nil || !bytes.Equal(again, plain) {
						t.Errorf("%d bytes came back as %d, %v", len(plain), len(again), err)
					}
				}
			})
		}
		wait.Wait()
	})
}

func FuzzDecompress(f *testing.F) {
	var compressors []cachestore.Compressor
	for _, constructor := range constructors {
		c := constructor(&compress.Options{MaxSize: 1 << 16})
		packed, err := c.Compress(text(300))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packed)
		compressors = append(compressors, c)
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		for _, c := range compressors {
			plain, err := c.Decompress(value)
			if len(plain) > 1<<16 {
				t.Errorf("%s: %d bytes", c.Name(), len(plain))
			}
			if err != nil && plain != nil {
				t.Errorf("%s: bytes and the error %v", c.Name(), err)
			}
		}
	})
}

func BenchmarkDecompress(b *testing.B) {
	for name, constructor := range constructors {
		b.Run(name, func(b *testing.B) {
			c := constructor(nil)
			packed, err := c.Compress(text(400))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Decompress(packed); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
