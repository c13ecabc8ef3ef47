// Package metrics counts what sessions and logins do, and shows it to
// Prometheus as text, without a client library.
//
//	m := metrics.New(nil)
//	sessions := djsession.NewManager(store, &djsession.Options{Observe: m.Observe})
//	login := auth.New(users, key, &auth.Options{Observe: m.Check})
//	admin.Handle("GET /metrics", m)
//
// The names are:
//
//	djsession_store_operation_duration_seconds{op,outcome}  a histogram
//	djsession_cache_requests_total{result}                  hit, miss, failed
//	djsession_auth_checks_total{result}                     ok, a Reason's Name, csrf, error
//	djsession_sessions_cleared_total                        see [Metrics.Cleared]
//	djsession_watched_sessions                              see [Metrics.Watch]
//
// No label tells of a session or a user. Serve it where only the monitoring
// gets.
package metrics

import (
	"context"
	"io"
	"net/http"
	"slices"
	"sync"

	"github.com/djsession/djsession-go/djsession"
)

// Options of a [Metrics]. Nil and the zero value are the defaults.
type Options struct {
	// Buckets are the upper bounds of the histogram, in seconds and ascending.
	// Default: 0.1 ms to 10 s, in steps of about three.
	Buckets []float64
}

// Metrics are counters of a program's sessions. It is safe for concurrent use.
type Metrics struct {
	buckets []float64

	mu       sync.Mutex
	store    map[operation]*histogram
	caches   map[string]uint64 // by result
	checks   map[string]uint64 // by result
	cleared  uint64
	watchers []*djsession.Watcher
}

type operation struct{ op, outcome string }

type histogram struct {
	counts []uint64 // of each bucket alone, the last for what is beyond
	sum    float64
}

// New returns metrics that have counted nothing.
func New(opts *Options) *Metrics {
	m := &Metrics{buckets: []float64{.0001, .0003, .001, .003, .01, .03, .1, .3, 1, 3, 10}, store: make(map[operation]*histogram),
		caches: make(map[string]uint64), checks: make(map[string]uint64)}
	if opts != nil && len(opts.Buckets) > 0 {
		m.buckets = slices.Clone(opts.Buckets)
	}
	return m
}

// Observe counts a call of the store. It is for djsession.Options.Observe.
func (m *Metrics) Observe(_ context.Context, e djsession.Event) {
	seconds := e.Duration.Seconds()
	bucket, _ := slices.BinarySearch(m.buckets, seconds)
	name := operation{e.Op, e.Outcome()}
	m.mu.Lock()
	defer m.mu.Unlock()
	h := m.store[name]
	if h == nil {
		h = &histogram{counts: make([]uint64, len(m.buckets)+1)}
		m.store[name] = h
	}
	h.counts[bucket]++
	h.sum += seconds
	if e.Cache != djsession.CacheNone {
		m.caches[e.Cache.String()]++
	}
}

// Check counts an answer to who sent a request. It is for
// auth.Options.Observe.
func (m *Metrics) Check(_ context.Context, result string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.checks[result]++
}

// Cleared counts expired sessions that were deleted: the result of a store's
// ClearExpired.
func (m *Metrics) Cleared(n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cleared += uint64(max(n, 0))
}

// Watch shows how many sessions a watcher watches, added up over all of them.
func (m *Metrics) Watch(w *djsession.Watcher) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.watchers = append(m.watchers, w)
}

// ServeHTTP answers with the metrics in the text format of Prometheus.
func (m *Metrics) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	m.WriteTo(w)
}

// WriteTo implements [io.WriterTo], in the text format of Prometheus.
func (m *Metrics) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(m.text())
	return int64(n), err
}
