package memcached

import (
	"errors"
	"fmt"
	"hash/crc32"
	"net"
	"strconv"
	"strings"
)

// Distribution is the way in which a Python client chooses the server of a key,
// if there are several.
type Distribution uint8

// The distributions of the clients that Django knows, each with its defaults.
// pylibmc's other behaviors ("ketama", "hash", "distribution"),
// python-memcached's weights and a HashClient's own hasher are not among them.
const (
	DistributionRendezvous Distribution = iota // pymemcache's HashClient, in Django's PyMemcacheCache
	DistributionJenkins                        // pylibmc, in Django's PyLibMCCache
	DistributionCRC32                          // python-memcached, in Django's MemcachedCache until 4.0
)

// A selector finds a key's server, for the client. It is a
// memcache.ServerSelector.
type selector struct {
	servers []server
	pick    func(s *selector, key string) int
}

// A server is an address, and the name that counts for
// [DistributionRendezvous].
type server struct{ network, address, node string }

func (s *server) Network() string { return s.network }
func (s *server) String() string  { return s.address }

func newSelector(servers []string, d Distribution) (*selector, error) {
	pick := map[Distribution]func(*selector, string) int{DistributionRendezvous: (*selector).rendezvous, DistributionJenkins: (*selector).jenkins, DistributionCRC32: (*selector).crc32}[d]
	if pick == nil {
		return nil, errors.New("djsession: memcached: there is no such Distribution")
	}
	if len(servers) == 0 {
		return nil, errors.New("djsession: memcached: no servers are named")
	}
	s := &selector{pick: pick}
	for _, name := range servers {
		parsed, err := parseServer(name)
		if err != nil {
			return nil, err
		}
		s.servers = append(s.servers, parsed)
	}
	return s, nil
}

// parseServer reads what the clients read. pymemcache: normalize_server_spec.
func parseServer(name string) (server, error) {
	if path, ok := strings.CutPrefix(name, "unix:"); ok || strings.HasPrefix(name, "/") {
		return server{"unix", path, path}, nil
	}
	host, port := name, "11211"
	if i := strings.LastIndexByte(name, ':'); i >= 0 && !strings.HasSuffix(name, "]") {
		host, port = name[:i], name[i+1:]
	}
	if strings.HasPrefix(host, "[") {
		host = strings.Trim(host, "[]")
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || host == "" || strings.ContainsAny(host, "/;, ") {
		return server{}, fmt.Errorf("djsession: memcached: %q is no server: name it as host:port, unix:/path or /path", name)
	}
	port = strconv.FormatUint(n, 10)
	return server{"tcp", net.JoinHostPort(host, port), host + ":" + port}, nil
}

// PickServer implements memcache.ServerSelector.
func (s *selector) PickServer(key string) (net.Addr, error) {
	if len(s.servers) == 1 {
		return &s.servers[0], nil
	}
	return &s.servers[s.pick(s, key)], nil
}

// Each implements memcache.ServerSelector.
func (s *selector) Each(f func(net.Addr) error) error {
	for i := range s.servers {
		if err := f(&s.servers[i]); err != nil {
			return err
		}
	}
	return nil
}

// rendezvous takes the server whose name, with the key, has the highest hash.
// pymemcache: RendezvousHash.
func (s *selector) rendezvous(key string) int {
	winner, high := 0, int64(-1)
	for i := range s.servers {
		score := int64(murmur3(s.servers[i].node + "-" + key))
		if score > high || score == high && s.servers[i].node > s.servers[winner].node {
			winner, high = i, score
		}
	}
	return winner
}

// crc32 takes some bits of the key's sum. python-memcached: cmemcache_hash.
func (s *selector) crc32(key string) int {
	return int(crc32.ChecksumIEEE([]byte(key))>>16&0x7fff) % len(s.servers)
}

// jenkins is Bob Jenkins' one-at-a-time. libmemcached: MEMCACHED_HASH_DEFAULT,
// MEMCACHED_DISTRIBUTION_MODULA.
func (s *selector) jenkins(key string) int {
	var h uint32
	for i := 0; i < len(key); i++ {
		h += uint32(key[i])
		h += h << 10
		h ^= h >> 6
	}
	h += h << 3
	h ^= h >> 11
	h += h << 15
	return int(h % uint32(len(s.servers)))
}

// murmur3 is MurmurHash3 for 32 bits, of the low bytes of a text's characters,
// as pymemcache has it.
func murmur3(text string) uint32 {
	const c1, c2 = 0xcc9e2d51, 0x1b873593
	data := make([]byte, 0, len(text))
	for _, r := range text {
		data = append(data, byte(r))
	}
	var h uint32
	mix := func(k uint32) {
		k *= c1
		k = k<<15 | k>>17
		h ^= k * c2
	}
	tail := data
	for ; len(tail) >= 4; tail = tail[4:] {
		mix(uint32(tail[0]) | uint32(tail[1])<<8 | uint32(tail[2])<<16 | uint32(tail[3])<<24)
		h = h<<13 | h>>19
		h = h*5 + 0xe6546b64
	}
	var k uint32
	for i := len(tail) - 1; i >= 0; i-- {
		k = k<<8 | uint32(tail[i])
	}
	if len(tail) > 0 {
		mix(k)
	}
	h ^= uint32(len(data))
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return h ^ h>>16
}
