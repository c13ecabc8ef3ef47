package testenv

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// RedisCluster is a Redis Cluster of six processes: three that share the slots,
// and a replica of each.
type RedisCluster struct{ nodes map[string]*process }

// patientMillis is how long a node must be silent before the others look for
// its successor: longer than a busy machine keeps a process waiting. Once one
// was killed, hastyMillis is.
const (
	patientMillis = "30000"
	hastyMillis   = "1000"
)

// StartRedisCluster starts a cluster for one test, and ends it with the test.
func StartRedisCluster(t testing.TB) *RedisCluster { t.Helper(); return startCluster(t, redis) }

// StartValkeyCluster is [StartRedisCluster] with Valkeys.
func StartValkeyCluster(t testing.TB) *RedisCluster { t.Helper(); return startCluster(t, valkey) }

func startCluster(t testing.TB, k *kind) *RedisCluster {
	t.Helper()
	server := k.programOf(t, k.programs...)
	cli := k.programOf(t, "redis-cli", "valkey-cli")
	c := &RedisCluster{nodes: make(map[string]*process)}
	t.Cleanup(c.stop)
	for range 6 {
		address, node, err := startRedisNode(server, "", "--cluster-enabled", "yes", "--cluster-port", "FREE", "--cluster-node-timeout", patientMillis)
		if err != nil {
			t.Fatal(err)
		}
		c.nodes[address] = node
	}
	dir, err := serverDir("cluster")
	if err != nil {
		t.Fatal(err)
	}
	create := append([]string{"--cluster", "create"}, c.Addrs()...)
	if err := prepare(dir, cli, append(create, "--cluster-replicas", "1", "--cluster-yes")...); err != nil {
		t.Fatal(err)
	}
	for address, node := range c.nodes {
		if err := node.await(func() error { return joined(address) }); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// joined is nil when a node sees a whole cluster, and has all that it
// replicates.
func joined(address string) error {
	for question, want := range map[string]string{"CLUSTER INFO": "cluster_state:ok", "CLUSTER SLOTS": "127.0.0.1"} {
		if answer, err := ask(address, question); err != nil || !strings.Contains(answer, want) {
			return fmt.Errorf("%s: %.200q, %w", question, answer, err)
		}
	}
	answer, err := ask(address, "INFO replication")
	if err != nil {
		return err
	}
	if !strings.Contains(answer, "master_link_status:up") && !strings.Contains(answer, "state=online") {
		return fmt.Errorf("%.200q", answer)
	}
	return nil
}

// ask sends a line to a Redis or a sentinel, and returns what it says within a
// moment.
func ask(address, question string) (string, error) {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(conn, question+"\r\nPING\r\n"); err != nil {
		return "", err
	}
	var answer []byte
	for buf := make([]byte, 4096); !bytes.HasSuffix(answer, []byte("+PONG\r\n")); {
		n, err := conn.Read(buf)
		if err != nil {
			return "", err
		}
		answer = append(answer, buf[:n]...)
	}
	return string(answer), nil
}

// order is ask for what must be done.
func order(t testing.TB, address, what string) {
	t.Helper()
	if answer, err := ask(address, what); err != nil || !strings.HasPrefix(answer, "+OK") {
		t.Fatalf("%s: %q, %v", what, answer, err)
	}
}

// Addrs are the addresses of the nodes, dead ones among them.
func (c *RedisCluster) Addrs() []string {
	var addresses []string
	for address := range c.nodes {
		addresses = append(addresses, address)
	}
	return addresses
}

// Kill ends a node at once, and has the others look for its successor soon.
func (c *RedisCluster) Kill(t testing.TB, address string) {
	t.Helper()
	node := c.nodes[address]
	if node == nil {
		t.Fatalf("the cluster has no node at %s", address)
	}
	node.stop()
	for other := range c.nodes {
		if other != address {
			order(t, other, "CONFIG SET cluster-node-timeout "+hastyMillis)
		}
	}
}

func (c *RedisCluster) stop() {
	var wait sync.WaitGroup
	for _, node := range c.nodes {
		wait.Go(node.stop)
	}
	wait.Wait()
}
