package memcached

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/pickled"
)

// A vector is what a client of a real Django left in memcached, or whether it
// took a key.
type vector struct {
	What, Django string
	Input        struct {
		Backend, Key, Value string
		Timeout             int64
	}
	Note   string
	Output json.RawMessage
}

func vectors(t *testing.T, what string) (found []vector) {
	t.Helper()
	file, err := os.Open("testdata/cache.memcached.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		var v vector
		if err := json.Unmarshal(scanner.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		if v.What == what {
			found = append(found, v)
		}
	}
	return found
}

// TestWireVectors reads what each client wrote, and sends as long a time to
// live.
func TestWireVectors(t *testing.T) {
	dicts, numbers, long := 0, 0, 0
	for _, v := range vectors(t, "cache.wire") {
		if v.Output[0] == '"' {
			continue // this Django had no such client
		}
		var wire struct{ Data, Head, Meta string }
		if err := json.Unmarshal(v.Output, &wire); err != nil {
			t.Fatal(err)
		}
		data, err := hex.DecodeString(strings.TrimPrefix(wire.Data, "hex:"))
		if err != nil {
			t.Fatal(err)
		}
		flags, err := strconv.ParseUint(strings.Fields(wire.Head)[2], 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		value, err := unwrap(data, uint32(flags), 1<<20)
		name := fmt.Sprintf("%s %s %s%s", v.Django, v.Input.Backend, v.Note, v.Input.Value)
		switch {
		case flags&(flagInteger|flagLong) != 0:
			numbers++
			if !errors.Is(err, djsession.ErrCorrupt) {
				t.Errorf("%s: a number is a session: %q, %v", name, value, err)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case strings.Contains(v.Note, "dict"):
			dicts++
			if d, err := pickled.New(nil).Loads(string(value)); err != nil || !d.Has("foo") {
				t.Errorf("%s: %v", name, err)
			}
			if packed, flags := wrap(value, 0); flags != flagPickle || !bytes.Equal(packed, value) {
				t.Errorf("%s: sent with the flags %d", name, flags)
			}
		}
		if v.Input.Timeout > longestRelative {
			long++
			// memcached told the time left, whichever way it was sent; its
			// clock ticks in seconds of its own.
			now := time.Unix(1700000000, 0)
			c := &Cache{now: func() time.Time { return now }}
			sent := c.expiration(time.Duration(v.Input.Timeout) * time.Second)
			left := int64(sent) - now.Unix()
			if !strings.Contains(wire.Meta, fmt.Sprintf(" t%d ", left)) && !strings.Contains(wire.Meta, fmt.Sprintf(" t%d ", left+1)) {
				t.Errorf("%s: %d are left, not %s", name, left, wire.Meta)
			}
		}
	}
	if dicts < 10 || numbers < 5 || long < 3 {
		t.Errorf("only %d dicts, %d numbers and %d long times", dicts, numbers, long)
	}
}

// TestKeyVectors has keys refused that Django refuses.
func TestKeyVectors(t *testing.T) {
	cache, err := New([]string{closedPort(t)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	accepted, refused := 0, 0
	for _, v := range vectors(t, "cache.key_check") {
		key := v.Input.Key
		if strings.HasSuffix(key, "...(251)") {
			key = strings.Repeat("x", 251)
		}
		var want string
		if err := json.Unmarshal(v.Output, &want); err != nil {
			t.Fatal(err)
		}
		_, err := cache.Get(t.Context(), key)
		if strings.HasPrefix(want, "raises InvalidCacheKey") {
			refused++
			if !errors.Is(err, djsession.ErrInvalidKey) || errors.Is(err, djsession.ErrUnavailable) {
				t.Errorf("%s: %q: got error %v", v.Django, v.Input.Key, err)
			}
		} else if accepted++; !errors.Is(err, djsession.ErrUnavailable) { // it was to be asked for
			t.Errorf("%s: %q: got error %v", v.Django, v.Input.Key, err)
		}
	}
	if accepted < 4 || refused < 15 {
		t.Errorf("only %d keys were taken and %d refused", accepted, refused)
	}
}

// closedPort is an address where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func TestExpiration(t *testing.T) {
	c := &Cache{now: func() time.Time { return time.Unix(1700000000, 0) }}
	for _, row := range []struct {
		reason string
		ttl    time.Duration
		want   int32
	}{
		{"two weeks", 14 * 24 * time.Hour, 1209600},
		{"a fraction is dropped", 1999 * time.Millisecond, 1},
		{"less than a second is over at once", 999 * time.Millisecond, -1},
		{"none", 0, -1},
		{"past", -time.Hour, -1},
		{"30 days are relative", 30 * 24 * time.Hour, 2592000},
		{"a second more is not", 30*24*time.Hour + time.Second, 1702592001},
		{"beyond what memcached can say", 100 * 365 * 24 * time.Hour, 1<<31 - 1},
	} {
		if got := c.expiration(row.ttl); got != row.want {
			t.Errorf("%s: got %d, want %d", row.reason, got, row.want)
		}
	}
}

func TestUnwrap(t *testing.T) {
	large := bytes.Repeat([]byte("x"), 1000)
	packed, flags := wrap(large, 400)
	if flags != flagPickle|flagCompressed {
		t.Fatalf("1000 bytes are sent with the flags %d", flags)
	}
	random := []byte(djsession.NewKey() + djsession.NewKey())
	if same, flags := wrap(random, 10); flags != flagPickle || !bytes.Equal(same, random) {
		t.Error("a value is packed though that makes it larger")
	}
	if same, flags := wrap(large, 1000); flags != flagPickle || !bytes.Equal(same, large) {
		t.Error("a value is packed that is not above the limit")
	}
	for _, row := range []struct {
		reason string
		value  []byte
		flags  uint32
		max    int
		want   error
	}{
		{"packed", packed, flagPickle | flagCompressed, 1000, nil},
		{"plain", large, flagPickle, 1000, nil},
		{"text, from a serializer that writes some", large, flagText, 1000, nil},
		{"packed bytes", packed, flagCompressed, 1000, nil},
		{"larger inside than allowed", packed, flagPickle | flagCompressed, 999, djsession.ErrTooLarge},
		{"larger than allowed", large, flagPickle, 999, djsession.ErrTooLarge},
		{"half of what was packed", packed[:len(packed)/2], flagPickle | flagCompressed, 1000, djsession.ErrUndecodable},
		{"not packed at all", large, flagPickle | flagCompressed, 1000, djsession.ErrUndecodable},
		{"packed by somebody else", []byte("\x28\xb5\x2f\xfd and so on"), flagPickle | flagCompressed, 1000, djsession.ErrUndecodable},
		{"a number", []byte("5"), flagInteger, 1000, djsession.ErrUndecodable},
		{"flags of another client", large, 1 << 20, 1000, djsession.ErrUndecodable},
	} {
		got, err := unwrap(row.value, row.flags, row.max)
		if !errors.Is(err, row.want) || (err == nil) != bytes.Equal(got, large) {
			t.Errorf("%s: got %d bytes, %v", row.reason, len(got), err)
		}
		if err != nil && row.want != djsession.ErrTooLarge && !errors.Is(err, djsession.ErrCorrupt) {
			t.Errorf("%s: %v is not corrupt", row.reason, err)
		}
	}
}

func TestServerNames(t *testing.T) {
	for name, want := range map[string]server{
		"127.0.0.1:11212":          {"tcp", "127.0.0.1:11212", "127.0.0.1:11212"},
		"cache.example":            {"tcp", "cache.example:11211", "cache.example:11211"},
		"[::1]:11212":              {"tcp", "[::1]:11212", "::1:11212"},
		"[::1]":                    {"tcp", "[::1]:11211", "::1:11211"},
		"unix:/run/memcached.sock": {"unix", "/run/memcached.sock", "/run/memcached.sock"},
		"/run/memcached.sock":      {"unix", "/run/memcached.sock", "/run/memcached.sock"},
		"":                         {}, ":11211": {}, "host:port": {}, "host:99999": {}, "a:1;b:2": {}, "host/path": {},
	} {
		got, err := parseServer(name)
		if got != want || (err != nil) != (want == server{}) {
			t.Errorf("%q: got %+v, %v", name, got, err)
		}
	}
	if _, err := New(nil, nil); err == nil {
		t.Error("no servers are no error")
	}
	if _, err := New([]string{"a"}, &Options{Distribution: 99}); err == nil {
		t.Error("an unknown distribution is no error")
	}
}

// liar is a server that answers every line it gets with the same.
func liar(t *testing.T, answer string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for lines := bufio.NewScanner(conn); lines.Scan(); {
					if answer == "" {
						return // cut
					}
					if answer != "silence" {
						io.WriteString(conn, answer)
					}
				}
			}()
		}
	}()
	return listener.Addr().String()
}

// TestModifyGivesUp has a server say each time that the value has changed.
func TestModifyGivesUp(t *testing.T) {
	changes := 0
	cache, err := New([]string{liar(t, "VALUE key 1 5 7\r\nvalue\r\nEND\r\n")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer cache.Close()
	cache.client.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		return &conflicting{Conn: conn}, err
	}
	err = cache.Modify(t.Context(), "key", func(value []byte, ttl time.Duration) ([]byte, time.Duration, error) {
		changes++
		return value, time.Minute, nil
	})
	if !errors.Is(err, djsession.ErrUnavailable) || changes != maxRaces {
		t.Errorf("after %d changes: got error %v, want ErrUnavailable after %d", changes, err, maxRaces)
	}
}

// conflicting is a connection whose server answers every cas with EXISTS.
type conflicting struct {
	net.Conn
	answer string
}

func (c *conflicting) Write(p []byte) (int, error) {
	if strings.HasPrefix(string(p), "cas ") {
		c.answer = "EXISTS\r\n"
		return len(p), nil
	}
	return c.Conn.Write(p)
}

func (c *conflicting) Read(p []byte) (int, error) {
	if c.answer != "" {
		n := copy(p, c.answer)
		c.answer = c.answer[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}

// TestBadServers has no answer of a server that is broken, full or another look
// like a logout, nor tell the key.
func TestBadServers(t *testing.T) {
	const key = ":1:django.contrib.sessions.cachekkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
	for _, row := range []struct{ reason, answer string }{
		{"cut", ""},
		{"silent", "silence"},
		{"full", "SERVER_ERROR out of memory storing object\r\n"},
		{"an error", "ERROR\r\n"},
		{"another protocol", "HTTP/1.1 400 Bad Request\r\n\r\n"},
		{"another key's value", "VALUE other 1 5 7\r\nvalue\r\nEND\r\n"},
		{"half a value", "VALUE " + key + " 1 5 7\r\nval"},
		{"a value with the wrong size", "VALUE " + key + " 1 3 7\r\nvalue\r\nEND\r\n"},
		{"a garbled head", "VALUE " + key + " one five\r\n"},
	} {
		cache, err := New([]string{liar(t, row.answer)}, &Options{Timeout: 50 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		_, getErr := cache.Get(t.Context(), key)
		for op, err := range map[string]error{
			"Get": getErr, "Set": cache.Set(t.Context(), key, nil, time.Minute), "Add": cache.Add(t.Context(), key, nil, time.Minute),
			"Replace": cache.Replace(t.Context(), key, nil, time.Minute), "Delete": cache.Delete(t.Context(), key),
		} {
			if !errors.Is(err, djsession.ErrUnavailable) {
				t.Errorf("%s: %s: got error %v", row.reason, op, err)
			} else if strings.Contains(err.Error(), key) {
				t.Errorf("%s: %s: the error tells the key", row.reason, op)
			}
		}
	}
}

// TestAnnouncedSize has no answer make room for what it only announces,
// whatever pieces it comes in.
func TestAnnouncedSize(t *testing.T) {
	const key = "key"
	answer := "VALUE key 1 5 7\r\nvalue\r\nEND\r\n"
	for _, row := range []struct {
		reason, answer string
		want           error
	}{
		{"a value", answer, nil},
		{"one that looks like another answer", "VALUE key 1 28 7\r\n\r\nVALUE key 1 4294967295 7\r\n\r\nEND\r\n", nil},
		{"four gigabytes", "VALUE key 1 4294967295 7\r\nx", djsession.ErrUnavailable},
		{"more than a number holds", "VALUE key 1 99999999999999999999 7\r\nx", djsession.ErrUnavailable},
		{"a negative size", "VALUE key 1 -5 7\r\nx", djsession.ErrUnavailable},
		{"a byte more than allowed", "VALUE key 1 1025 7\r\n" + strings.Repeat("x", 1025) + "\r\nEND\r\n", djsession.ErrTooLarge},
	} {
		for _, piece := range []int{1, 3, 1 << 10} {
			here, there := net.Pipe()
			go func() {
				bufio.NewReader(there).ReadString('\n')
				for rest := []byte(row.answer); len(rest) > 0; {
					n, err := there.Write(rest[:min(piece, len(rest))])
					if err != nil {
						break
					}
					rest = rest[n:]
				}
				there.Close()
			}()
			cache, err := New([]string{"pipe"}, &Options{MaxSize: 1024, DialContext: func(context.Context, string, string) (net.Conn, error) { return here, nil }})
			if err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err = cache.Get(t.Context(), key)
			runtime.ReadMemStats(&after)
			if (err == nil) != (row.want == nil) || !errors.Is(err, row.want) {
				t.Errorf("%s, in pieces of %d: got error %v, want %v", row.reason, piece, err, row.want)
			}
			if made := after.TotalAlloc - before.TotalAlloc; made > 1<<20 {
				t.Errorf("%s, in pieces of %d: %d bytes were made", row.reason, piece, made)
			}
			here.Close()
		}
	}
}

func TestDeadline(t *testing.T) {
	cache, err := New([]string{liar(t, "silence")}, &Options{Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := cache.Get(ctx, "key"); !errors.Is(err, djsession.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got error %v", err)
	}
}

func TestTooLarge(t *testing.T) {
	cache, err := New([]string{liar(t, "SERVER_ERROR object too large for cache\r\n")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var tooLarge *Error
	if err := cache.Replace(t.Context(), "key", nil, time.Minute); !errors.As(err, &tooLarge) || !errors.Is(err, djsession.ErrTooLarge) || errors.Is(err, djsession.ErrUnavailable) {
		t.Errorf("got error %v", err)
	}
}

func FuzzUnwrap(f *testing.F) {
	packed, flags := wrap(bytes.Repeat([]byte("x"), 1000), 400)
	f.Add(packed, flags)
	f.Add([]byte("5"), uint32(flagInteger))
	f.Fuzz(func(t *testing.T, value []byte, flags uint32) {
		got, err := unwrap(value, flags, 1<<16)
		if err != nil && !errors.Is(err, djsession.ErrCorrupt) && !errors.Is(err, djsession.ErrTooLarge) || len(got) > 1<<16 {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	})
}
