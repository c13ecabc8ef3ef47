package memcached

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strconv"
)

// Errors for the length that a server announces: larger than the values that
// are read, or than any that memcached can hold.
var (
	errTooLong = errors.New("the server announces a value that is too large")
	errNoSize  = errors.New("the server announces a value of a size that cannot be")
)

// largestItem is the most that memcached -I takes.
const largestItem = 1 << 30

type dialer = func(ctx context.Context, network, address string) (net.Conn, error)

// bounded returns a dialer whose connections break off before the client, which
// believes whatever size it is told, makes room for more than so many bytes.
func bounded(dial dialer, maxSize int) dialer {
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &boundedConn{Conn: conn, max: int64(maxSize)}, nil
	}
}

// A boundedConn parses the answers that pass through it: lines, and the data
// that some lines announce.
type boundedConn struct {
	net.Conn
	max  int64
	line []byte // of the answer, as far as it has come
	data int64  // bytes of a value that are still to come
}

// longestLine is more than a key of 250 bytes and three numbers.
const longestLine = 512

func (c *boundedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if followErr := c.follow(p[:n]); followErr != nil {
		return 0, followErr
	}
	return n, err
}

func (c *boundedConn) follow(p []byte) error {
	for len(p) > 0 {
		if skip := min(c.data, int64(len(p))); skip > 0 {
			c.data -= skip
			p = p[skip:]
			continue
		}
		end := bytes.IndexByte(p, '\n') + 1
		whole := end > 0
		if !whole {
			end = len(p)
		}
		if len(c.line) < longestLine {
			c.line = append(c.line, p[:min(end, longestLine)]...)
		}
		p = p[end:]
		if !whole {
			continue
		}
		fields := bytes.Fields(c.line)
		c.line = c.line[:0]
		if len(fields) < 4 || string(fields[0]) != "VALUE" {
			continue
		}
		size, err := strconv.ParseInt(string(fields[3]), 10, 64)
		switch {
		case err != nil || size < 0 || size > largestItem:
			return errNoSize
		case size > c.max:
			return errTooLong
		}
		c.data = size + int64(len("\r\n"))
	}
	return nil
}
