package soak

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

const (
	clients   = 12
	usersEach = 3 // of a client, so that clients do not share any
)

// A run is one engine under load.
type run struct {
	t     *testing.T
	sides map[string]string // URLs of go1, go2 and perhaps dj
	names []string          // of the sides
	http  *http.Client

	// django is held by requests to Django, and by outages under which Django
	// itself forgets sessions.
	django sync.RWMutex

	mu     sync.Mutex
	counts map[string]int
	faults []string
}

func (r *run) count(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts[what]++
}

// fault records what must not be.
func (r *run) fault(c *client, side, what, detail string) {
	r.count("FAULT " + what)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.counts["FAULT "+what] <= 5 {
		r.faults = append(r.faults, fmt.Sprintf("%s: %s on %s, client %d: %s\n\t%s", time.Now().Format("15:04:05.000"), what, side, c.id, detail, &c.last))
	}
}

func (r *run) pick(random *rand.Rand) string { return r.names[random.IntN(len(r.names))] }

// enter waits until a side may be asked.
func (r *run) enter(side string) (leave func()) {
	if side != "dj" {
		return func() {}
	}
	r.django.RLock()
	return r.django.RUnlock
}

// load runs all clients until ctx ends.
func (r *run) load(ctx context.Context) {
	var wait sync.WaitGroup
	for id := range clients {
		c := &client{id: id, run: r, random: rand.New(rand.NewPCG(uint64(id), 7)), model: fresh()}
		wait.Go(func() { c.live(ctx) })
	}
	wait.Wait()
}

// outages kills each server in turn, for a moment or longer, until ctx ends,
// and leaves all of them running.
func (r *run) outages(ctx context.Context, every time.Duration, servers []*testenv.Durable) {
	for i := 0; ; i++ {
		if !sleep(ctx, every) {
			return
		}
		r.outage(servers[i%len(servers)], time.Duration(1+i/len(servers)%3)*time.Second/2)
		r.count("outages")
	}
}

func (r *run) outage(server *testenv.Durable, length time.Duration) {
	if server.URL.Scheme == "redis" {
		r.django.Lock()
		defer r.django.Unlock()
	}
	server.Kill()
	time.Sleep(length)
	server.Start(r.t)
}

func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// report prints what happened, and fails the test for what must not.
func (r *run) report() {
	r.mu.Lock()
	defer r.mu.Unlock()
	var lines []string
	for _, what := range slices.Sorted(maps.Keys(r.counts)) {
		lines = append(lines, fmt.Sprintf("%7d %s", r.counts[what], what))
	}
	r.t.Logf("counts:\n%s", strings.Join(lines, "\n"))
	for _, fault := range r.faults {
		r.t.Error(fault)
	}
	for _, side := range r.names {
		if r.counts[side+" who 200"] == 0 {
			r.t.Errorf("%s never answered who", side)
		}
	}
	if r.counts["outages"] == 0 {
		r.t.Error("no outage")
	}
}
