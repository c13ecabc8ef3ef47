package whoami

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"time"
)

// clients is how many ask at once.
const clients = 16

// load is what clients saw.
type load struct {
	took      time.Duration
	latencies []time.Duration
}

// ask has all clients send a request for so long, over and over, and checks
// that each answer is a 200 with the wanted body.
func ask(address, path, cookie, body string, long time.Duration) (load, error) {
	request := fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nCookie: sessionid=%s\r\n\r\n", path, address, cookie)
	var (
		all   load
		errs  []error
		lock  sync.Mutex
		wait  sync.WaitGroup
		begin = time.Now()
	)
	for range clients {
		wait.Go(func() {
			c := client{address: address}
			defer c.close()
			var latencies []time.Duration
			var err error
			for err == nil && time.Since(begin) < long {
				sent := time.Now()
				err = c.get(request, body)
				latencies = append(latencies, time.Since(sent))
			}
			lock.Lock()
			defer lock.Unlock()
			all.latencies = append(all.latencies, latencies...)
			errs = append(errs, err)
		})
	}
	wait.Wait()
	all.took = time.Since(begin)
	return all, errors.Join(errs...)
}

// A client speaks HTTP/1.1 to one server, on one connection for as long as the
// server keeps it.
type client struct {
	address string
	conn    net.Conn
	in      *bufio.Reader
	body    []byte
}

func (c *client) close() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}

func (c *client) get(request []byte, want string) error {
	if c.conn == nil {
		conn, err := net.Dial("tcp", c.address)
		if err != nil {
			return err
		}
		c.conn, c.in = conn, bufio.NewReader(conn)
	}
	if _, err := c.conn.Write(request); err != nil {
		return err
	}
	length, last, err := c.header()
	if err != nil {
		return err
	}
	c.body = c.body[:0]
	if length >= 0 {
		err = c.read(length)
	} else {
		err = c.readChunks()
	}
	if err != nil {
		return err
	}
	if last {
		c.close()
	}
	if got := bytes.TrimSpace(c.body); want != "" && string(got) != want {
		return fmt.Errorf("answered %.200q, want %q", got, want)
	}
	return nil
}

// read reads so many bytes of the body.
func (c *client) read(n int) error {
	from := len(c.body)
	c.body = append(c.body, make([]byte, n)...)
	_, err := io.ReadFull(c.in, c.body[from:])
	return err
}

func (c *client) readChunks() error {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseUint(string(bytes.TrimSpace(line)), 16, 20)
		if err == nil {
			err = c.read(int(size))
		}
		if err == nil {
			_, err = c.in.ReadSlice('\n')
		}
		if err != nil || size == 0 {
			return err
		}
	}
}

// header reads an answer up to its body, and says how long that is, or -1 if it
// comes in chunks, and whether the connection ends with it.
func (c *client) header() (length int, last bool, err error) {
	length = -1
	for n := 0; ; n++ {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, false, err
		}
		line = bytes.TrimSpace(line)
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch {
		case n == 0 && !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")):
			return 0, false, fmt.Errorf("answered %s", line)
		case len(line) == 0:
			return length, last, nil
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil || length > 1<<20 {
				return 0, false, fmt.Errorf("an answer of %s bytes", value)
			}
		case bytes.EqualFold(name, []byte("Connection")):
			last = bytes.EqualFold(value, []byte("close"))
		}
	}
}
