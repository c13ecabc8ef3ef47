// Package pyzlib packs and unpacks bytes as Python's zlib.compress and zlib.decompress do, within a bound and without garbage, for what
// Django stores packed.
package pyzlib

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"sync"
)

// ErrTooLarge says that a stream unpacks to more than it may.
var ErrTooLarge = errors.New("pyzlib: too large when unpacked")

// ErrMalformed says that bytes are no zlib stream, or only a part of one.
var ErrMalformed = errors.New("pyzlib: not a whole zlib stream")

// Compress appends src as a zlib stream, at the level Python uses.
func Compress(dst, src []byte) []byte {
	c, _ := deflaters.Get().(*deflater)
	if c == nil {
		c = new(deflater)
		c.zlib = zlib.NewWriter(c)
	}
	c.out = dst
	c.zlib.Reset(c)
	c.zlib.Write(src) // writing to memory does not fail
	c.zlib.Close()
	dst, c.out = c.out, nil
	deflaters.Put(c)
	return dst
}

var deflaters sync.Pool // making a deflater costs 800 KB, resetting one nothing

type deflater struct {
	zlib *zlib.Writer
	out  []byte
}

func (d *deflater) Write(p []byte) (int, error) {
	d.out = append(d.out, p...)
	return len(p), nil
}

// Decompress appends what a zlib stream unpacks to, which must not be larger than max. What follows the stream does not count,
// as in Python.
func Decompress(dst, src []byte, max int) ([]byte, error) {
	c, _ := inflaters.Get().(*inflater)
	if c == nil {
		c = new(inflater)
	}
	defer inflaters.Put(c)
	c.src.Reset(src)
	defer c.src.Reset(nil)
	if err := c.reset(); err != nil {
		return nil, ErrMalformed
	}
	start := len(dst)
	for {
		if len(dst) == cap(dst) {
			dst = append(dst, 0)[:len(dst)]
		}
		room := dst[len(dst):min(cap(dst), start+max+1)]
		n, err := c.zlib.Read(room)
		dst = dst[:len(dst)+n]
		switch {
		case len(dst)-start > max:
			return nil, ErrTooLarge
		case err == io.EOF:
			return dst, nil
		case err != nil:
			return nil, ErrMalformed
		}
	}
}

var inflaters sync.Pool

type inflater struct {
	src  bytes.Reader
	zlib io.ReadCloser
}

func (c *inflater) reset() (err error) {
	if c.zlib == nil {
		c.zlib, err = zlib.NewReader(&c.src)
		return err
	}
	return c.zlib.(zlib.Resetter).Reset(&c.src, nil)
}
