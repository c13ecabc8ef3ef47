package forward

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/forwardauth"
)

// Metrics counts answers and calls of the store, and writes them as Prometheus
// reads them. Its labels have few values, and none is a client's.
type Metrics struct {
	mu      sync.Mutex
	answers map[answerLabels]int64
	cached  int64
	answer  histogram
	store   map[storeLabels]*histogram
}

type answerLabels struct {
	endpoint string
	status   int
	reason   string
}

type storeLabels struct{ op, outcome string }

// bounds are in seconds.
var bounds = [...]float64{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5}

type histogram struct {
	buckets [len(bounds)]int64
	count   int64
	sum     float64
}

func (h *histogram) observe(d time.Duration) {
	h.count++
	h.sum += d.Seconds()
	for i, bound := range bounds {
		if d.Seconds() <= bound {
			h.buckets[i]++
		}
	}
}

// NewMetrics returns metrics that count from zero.
func NewMetrics() *Metrics {
	return &Metrics{answers: make(map[answerLabels]int64), store: make(map[storeLabels]*histogram)}
}

// Answer is for forwardauth.Options.Observe.
func (m *Metrics) Answer(_ context.Context, e forwardauth.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.answers[answerLabels{e.Endpoint, e.Status, e.Reason}]++
	m.answer.observe(e.Duration)
	if e.Cached {
		m.cached++
	}
}

// Store is for djsession.Options.Observe.
func (m *Metrics) Store(_ context.Context, e djsession.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	labels := storeLabels{e.Op, e.Outcome()}
	h := m.store[labels]
	if h == nil {
		h = new(histogram)
		m.store[labels] = h
	}
	h.observe(e.Duration)
}

// WriteTo writes the text format of Prometheus.
func (m *Metrics) WriteTo(w io.Writer) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var b []byte
	add := func(format string, args ...any) { b = fmt.Appendf(b, format+"\n", args...) }
	add("# HELP djsession_forward_auth_answers_total Answers to the proxy.")
	add("# TYPE djsession_forward_auth_answers_total counter")
	for _, l := range sorted(m.answers, func(l answerLabels) string { return fmt.Sprintf("%s %d %s", l.endpoint, l.status, l.reason) }) {
		add("djsession_forward_auth_answers_total{endpoint=%q,status=\"%d\",reason=%q} %d", l.endpoint, l.status, l.reason, m.answers[l])
	}
	add("# HELP djsession_forward_auth_cached_total Answers for which the cache had the user.")
	add("# TYPE djsession_forward_auth_cached_total counter")
	add("djsession_forward_auth_cached_total %d", m.cached)
	add("# HELP djsession_forward_auth_answer_seconds How long an answer took.")
	add("# TYPE djsession_forward_auth_answer_seconds histogram")
	b = m.answer.append(b, "djsession_forward_auth_answer_seconds", "")
	add("# HELP djsession_store_seconds How long a call of the store took.")
	add("# TYPE djsession_store_seconds histogram")
	for _, l := range sorted(m.store, func(l storeLabels) string { return l.op + " " + l.outcome }) {
		b = m.store[l].append(b, "djsession_store_seconds", fmt.Sprintf("op=%q,outcome=%q,", l.op, l.outcome))
	}
	n, err := w.Write(b)
	return int64(n), err
}

func (h *histogram) append(b []byte, name, labels string) []byte {
	for i, bound := range bounds {
		b = fmt.Appendf(b, "%s_bucket{%sle=\"%s\"} %d\n", name, labels, strconv.FormatFloat(bound, 'g', -1, 64), h.buckets[i])
	}
	b = fmt.Appendf(b, "%s_bucket{%sle=\"+Inf\"} %d\n", name, labels, h.count)
	if labels != "" {
		labels = "{" + labels[:len(labels)-1] + "}"
	}
	return fmt.Appendf(b, "%s_sum%s %g\n%s_count%s %d\n", name, labels, h.sum, name, labels, h.count)
}

func sorted[K comparable, V any](m map[K]V, by func(K) string) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b K) int { return cmp.Compare(by(a), by(b)) })
	return keys
}
