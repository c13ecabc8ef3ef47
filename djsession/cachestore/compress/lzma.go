package compress

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"slices"

	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"

	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/signing"
)

// LZMA is the compressor of that name, which writes xz files.
// Django: django_redis.compressors.lzma.LzmaCompressor.
func LZMA(opts *Options) cachestore.Compressor {
	return format{
		name:       "lzma",
		begins:     magic("\xfd7zXZ\x00"),
		compress:   writeXZ,
		decompress: readXZ,
	}.with(opts, 100)
}

func writeXZ(value []byte) ([]byte, error) {
	var out bytes.Buffer
	const preset4 = 4 << 20 // the dictionary that django-redis asks for
	w, err := xz.WriterConfig{DictCap: min(max(lzma.MinDictCap, len(value)), preset4)}.NewWriter(&out)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(value); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

var errXZ = errors.New("not an xz file of one block without filters, or a damaged one")

// readXZ reads what lzma.compress of Python writes: a stream header, one block
// of LZMA2, and an index, which is skipped. xz.Reader would set
// aside the dictionary that the header asks for: megabytes for each session,
// and gigabytes for a forged one.
func readXZ(value []byte, maxSize int) ([]byte, error) {
	const streamHeader = 12
	if len(value) < streamHeader+8 || crc32.ChecksumIEEE(value[6:8]) != binary.LittleEndian.Uint32(value[8:]) {
		return nil, errXZ
	}
	check, checkSize := checkOf(value[7])
	block := value[streamHeader:]
	headerSize := (int(block[0]) + 1) * 4
	if block[0] == 0 || len(block) < headerSize || !plainLZMA2(block[1:headerSize-4]) || crc32.ChecksumIEEE(block[:headerSize-4]) != binary.LittleEndian.Uint32(block[headerSize-4:]) {
		return nil, errXZ
	}
	block = block[headerSize:]
	packed, size := lzma2Sizes(block, maxSize)
	if size > maxSize {
		return nil, signing.ErrTooLarge
	}
	end := (packed + 3) &^ 3
	if packed < 0 || len(block) < end+checkSize || check == nil && checkSize > 0 {
		return nil, errXZ
	}
	r, err := lzma.Reader2Config{DictCap: max(lzma.MinDictCap, size)}.NewReader2(bytes.NewReader(block[:packed]))
	if err != nil {
		return nil, err
	}
	plain := make([]byte, size)
	if _, err := io.ReadFull(r, plain); err != nil {
		return nil, err
	}
	if check != nil {
		check.Write(plain)
		if sum := littleEndian(check.Sum(nil)); !bytes.Equal(sum, block[end:end+checkSize]) {
			return nil, errXZ
		}
	}
	return plain, nil
}

// plainLZMA2 reports whether the flags of a block, which begin behind its size,
// speak of LZMA2 and nothing else.
func plainLZMA2(flags []byte) bool {
	if flags[0]&0x3f != 0 { // one filter, and nothing that is yet to be invented
		return false
	}
	filter := flags[1:]
	for _, present := range []byte{0x40, 0x80} { // the sizes, which LZMA2 tells too
		for flags[0]&present != 0 && len(filter) > 0 {
			last := filter[0]
			filter = filter[1:]
			if last < 0x80 {
				break
			}
		}
	}
	return len(filter) >= 3 && filter[0] == 0x21 && filter[1] == 1
}

// lzma2Sizes walks through the chunks of LZMA2: how many bytes they have, and
// what they become. A negative first number says that they do not end.
func lzma2Sizes(chunks []byte, maxSize int) (packed, size int) {
	for packed < len(chunks) && size <= maxSize {
		c := chunks[packed:]
		switch {
		case c[0] == 0:
			return packed + 1, size
		case c[0] < 0x80 && len(c) >= 3:
			n := int(c[1])<<8 + int(c[2]) + 1
			packed, size = packed+3+n, size+n
		case c[0] >= 0x80 && len(c) >= 5:
			size += int(c[0]&0x1f)<<16 + int(c[1])<<8 + int(c[2]) + 1
			packed += 5 + int(c[3])<<8 + int(c[4]) + 1
			if c[0] >= 0xc0 {
				packed++ // properties
			}
		default:
			return -1, size
		}
	}
	return -1, size
}

// checkOf returns the checksum that an xz file ends its block with. None is
// none; one that is not known is nil with a size.
func checkOf(kind byte) (hash.Hash, int) {
	switch kind {
	case 0:
		return nil, 0
	case 1:
		return crc32.NewIEEE(), 4
	case 4:
		return crc64.New(crc64.MakeTable(crc64.ECMA)), 8
	}
	return nil, 32
}

// littleEndian turns round what hash.Hash gives.
func littleEndian(sum []byte) []byte {
	slices.Reverse(sum)
	return sum
}
