package testenv

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// RedisSentinel is a Redis, a replica of it, and a sentinel that puts the one
// in the place of the other.
type RedisSentinel struct {
	// Addr is the sentinel's, and Name what it calls the Redis.
	Addr, Name string

	master *process
}

// StartRedisSentinel starts the three processes for one test, and ends them
// with the test.
func StartRedisSentinel(t testing.TB) *RedisSentinel { t.Helper(); return startSentinel(t, redis) }

// StartValkeySentinel is [StartRedisSentinel] with Valkeys.
func StartValkeySentinel(t testing.TB) *RedisSentinel { t.Helper(); return startSentinel(t, valkey) }

func startSentinel(t testing.TB, k *kind) *RedisSentinel {
	t.Helper()
	server := k.programOf(t, k.programs...)
	start := func(config string, args ...string) (string, *process) {
		address, p, err := startRedisNode(server, config, args...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.stop)
		return address, p
	}
	address, master := start("")
	_, port, _ := net.SplitHostPort(address)
	replica, p := start("", "--replicaof", "127.0.0.1 "+port)
	up := func(address, question, want string) func() error {
		return func() error {
			answer, err := ask(address, question)
			if err == nil && !strings.Contains(answer, want) {
				err = fmt.Errorf("%.200q", answer)
			}
			return err
		}
	}
	if err := p.await(up(replica, "INFO replication", "master_link_status:up")); err != nil {
		t.Fatal(err)
	}
	sentinel, p := start("sentinel monitor djsession 127.0.0.1 "+port+" 1\nsentinel down-after-milliseconds djsession "+patientMillis+"\n", "--sentinel")
	if err := p.await(up(sentinel, "INFO sentinel", "slaves=1")); err != nil {
		t.Fatal(err)
	}
	return &RedisSentinel{Addr: sentinel, Name: "djsession", master: master}
}

// KillMaster ends the Redis at once, and has the sentinel find it a successor
// soon.
func (s *RedisSentinel) KillMaster(t testing.TB) {
	t.Helper()
	s.master.stop()
	order(t, s.Addr, "SENTINEL SET "+s.Name+" down-after-milliseconds "+hastyMillis)
}

// startRedisNode starts a Redis of its own, with the text of a configuration
// file that it may write to, if any. FREE among the arguments stands for
// another port.
func startRedisNode(server, config string, args ...string) (address string, p *process, err error) {
	for range 3 { // a port that is free when it is chosen may be taken a moment later
		port, err := freePort()
		if err != nil {
			return "", nil, err
		}
		dir, err := serverDir("redis")
		if err != nil {
			return "", nil, err
		}
		var all []string
		if config != "" {
			file := filepath.Join(dir, "redis.conf")
			if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
				return "", nil, err
			}
			if err := giveToServers(file); err != nil {
				return "", nil, err
			}
			all = append(all, file)
		}
		all = append(append(all, "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--repl-diskless-sync-delay", "0"), args...)
		for i := range all {
			if all[i] != "FREE" {
				continue
			}
			if all[i], err = freePort(); err != nil {
				return "", nil, err
			}
		}
		if p, err = startProcess(dir, syscall.SIGKILL, server, all...); err != nil {
			return "", nil, err
		}
		address = net.JoinHostPort("127.0.0.1", port)
		if err = p.awaitAt(address, redis.answers(address)); err == nil {
			return address, p, nil
		}
		p.stop()
	}
	return "", nil, fmt.Errorf("a Redis did not start: %s", tail(p.log))
}
