package cachetest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/rueidis"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/rediscache"
	"github.com/djsession/djsession-go/djsession/cachestore/rueidiscache"
)

// A slowRedis answers right, but some commands later than a client waits. It
// knows as much as a load and a save need.
type slowRedis struct {
	addr string

	mu     sync.Mutex
	values map[string]string
	stall  time.Duration // before the answer to the first CLIENT, once
	shift  string        // an answer too many, before that to the first GET
	told   bool          // one of the two has happened
}

func startSlowRedis(t *testing.T) *slowRedis {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &slowRedis{addr: listener.Addr().String(), values: make(map[string]string)}
	var wait sync.WaitGroup
	var mu sync.Mutex
	var open []net.Conn
	wait.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, conn)
			mu.Unlock()
			wait.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		mu.Lock()
		for _, conn := range open {
			conn.Close()
		}
		mu.Unlock()
		wait.Wait()
	})
	return s
}

func (s *slowRedis) serve(conn net.Conn) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	for {
		args, err := readCommand(r)
		if err != nil {
			return
		}
		answer, stall := s.answer(args)
		time.Sleep(stall)
		if _, err := io.WriteString(conn, answer); err != nil {
			return
		}
	}
}

func readCommand(r *bufio.Reader) ([]string, error) {
	number := func(mark byte) (int, error) {
		line, err := r.ReadString('\n')
		if err != nil || line[0] != mark {
			return 0, fmt.Errorf("no %q: %w", mark, err)
		}
		return strconv.Atoi(strings.TrimSpace(line[1:]))
	}
	n, err := number('*')
	args := make([]string, n)
	for i := range args {
		size, err := number('$')
		if err != nil {
			return nil, err
		}
		b := make([]byte, size+2)
		if _, err := io.ReadFull(r, b); err != nil {
			return nil, err
		}
		args[i] = string(b[:size])
	}
	return args, err
}

func (s *slowRedis) answer(args []string) (answer string, stall time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch strings.ToLower(args[0]) {
	case "hello":
		return "%2\r\n$5\r\nproto\r\n:3\r\n$7\r\nversion\r\n$5\r\n7.2.0\r\n", 0
	case "client":
		if s.stall > 0 && !s.told {
			s.told, stall = true, s.stall
		}
		return "+OK\r\n", stall
	case "get":
		if s.shift != "" && !s.told {
			s.told, answer = true, s.shift
		}
		if v, ok := s.values[args[1]]; ok {
			return fmt.Sprintf("%s$%d\r\n%s\r\n", answer, len(v), v), 0
		}
		return answer + "_\r\n", 0
	case "pttl":
		if _, ok := s.values[args[1]]; ok {
			return ":1000000\r\n", 0
		}
		return ":-2\r\n", 0
	case "set":
		s.values[args[1]] = args[2]
		return "+OK\r\n", 0
	case "ping":
		return "+PONG\r\n", 0
	}
	return "-ERR unknown command\r\n", 0
}

// TestAnswersMixedUp lets a client give up on a slow answer (CVE-2025-29923 in
// go-redis 9.5.1), or a server say too much: no user gets another one's
// session, and none is logged out.
func TestAnswersMixedUp(t *testing.T) {
	users := []string{"alice", "bob", "carol"}
	clients := map[string]func(t *testing.T, addr string) cachestore.Cache{
		"go-redis": func(t *testing.T, addr string) cachestore.Cache {
			client := redis.NewClient(&redis.Options{Addr: addr, ReadTimeout: 60 * time.Millisecond, PoolSize: 1, ContextTimeoutEnabled: true})
			t.Cleanup(func() { client.Close() })
			return rediscache.New(client, nil)
		},
		"rueidis": func(t *testing.T, addr string) cachestore.Cache {
			opts := rueidis.ClientOption{InitAddress: []string{addr}, ConnWriteTimeout: 60 * time.Millisecond, DisableCache: true, ForceSingleClient: true}
			var client rueidis.Client
			err := patient(t, func() (err error) {
				if client, err = rueidis.NewClient(opts); err != nil {
					err = fmt.Errorf("%w: %w", djsession.ErrUnavailable, err)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(client.Close)
			return rueidiscache.New(client, nil)
		},
	}
	faults := map[string]func(s *slowRedis){
		"slow CLIENT SETINFO":    func(s *slowRedis) { s.stall = 150 * time.Millisecond },
		"an OK too many":         func(s *slowRedis) { s.shift = "+OK\r\n" },
		"a number too many":      func(s *slowRedis) { s.shift = ":1\r\n" },
		"nothing, and then more": func(s *slowRedis) { s.shift = "_\r\n" },
	}
	for client, newCache := range clients {
		for fault, set := range faults {
			if client == "rueidis" && fault != "slow CLIENT SETINFO" {
				continue // it panics when a server answers more than it was asked
			}
			for _, noExpires := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, %s, NoExpires %v", client, fault, noExpires), func(t *testing.T) {
					server := startSlowRedis(t)
					keys := make(map[string]string)
					for _, user := range users {
						keys[user] = djsession.NewKey()
						server.values[":1:django.contrib.sessions.cache"+keys[user]] = fmt.Sprintf(`{"user": %q}`, user)
					}
					set(server)
					store := cachestore.New(newCache(t, server.addr), &cachestore.Options{NoExpires: noExpires, Serializer: cachestore.DjangoJSON})
					right := 0
					for range 4 {
						for _, user := range users {
							ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
							rec, err := store.Load(ctx, keys[user])
							cancel()
							if err != nil {
								if !errors.Is(err, djsession.ErrUnavailable) || errors.Is(err, djsession.ErrNotFound) {
									t.Errorf("%s: got error %v, want ErrUnavailable or none", user, err)
								}
								continue
							}
							if got, _, err := djsession.Get[string](rec.Data, "user"); got != user {
								t.Errorf("%s got the session of %q (%v)", user, got, err)
							}
							right++
						}
					}
					if server.mu.Lock(); !server.told {
						t.Error("the fault did not happen")
					}
					server.mu.Unlock()
					if right == 0 {
						t.Error("no load succeeded, want the client to mend its connections")
					}
				})
			}
		}
	}
}
