package metrics

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// text is the metrics in the text format of Prometheus, in a fixed order.
func (m *Metrics) text() []byte {
	watched := m.watched()
	m.mu.Lock()
	defer m.mu.Unlock()
	var b []byte
	b = head(b, "djsession_store_operation_duration_seconds", "histogram", "How long calls of the session store took.")
	for _, name := range slices.SortedFunc(maps.Keys(m.store), func(a, b operation) int {
		return cmp.Or(cmp.Compare(a.op, b.op), cmp.Compare(a.outcome, b.outcome))
	}) {
		b = m.histogram(b, name, m.store[name])
	}
	b = head(b, "djsession_cache_requests_total", "counter", "How loads fared with the cache before the database.")
	b = counters(b, "djsession_cache_requests_total", m.caches)
	b = head(b, "djsession_auth_checks_total", "counter", "Answers to who sent a request.")
	b = counters(b, "djsession_auth_checks_total", m.checks)
	b = head(b, "djsession_sessions_cleared_total", "counter", "Expired sessions that were deleted.")
	b = fmt.Appendf(b, "djsession_sessions_cleared_total %d\n", m.cleared)
	b = head(b, "djsession_watched_sessions", "gauge", "Sessions that long requests depend on.")
	return fmt.Appendf(b, "djsession_watched_sessions %d\n", watched)
}

// watched asks the watchers without the lock: they have their own.
func (m *Metrics) watched() (n int) {
	m.mu.Lock()
	watchers := slices.Clone(m.watchers)
	m.mu.Unlock()
	for _, w := range watchers {
		n += w.Len()
	}
	return n
}

func head(b []byte, name, kind, help string) []byte {
	return fmt.Appendf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

// counters writes one line a result. Results are words: strconv.Quote escapes
// them as the format does.
func counters(b []byte, name string, values map[string]uint64) []byte {
	for _, result := range slices.Sorted(maps.Keys(values)) {
		b = fmt.Appendf(b, "%s{result=%q} %d\n", name, result, values[result])
	}
	return b
}

func (m *Metrics) histogram(b []byte, name operation, h *histogram) []byte {
	const metric = "djsession_store_operation_duration_seconds"
	labels := fmt.Sprintf("op=%q,outcome=%q", name.op, name.outcome)
	var total uint64
	for i, n := range h.counts {
		total += n
		bound := "+Inf"
		if i < len(m.buckets) {
			bound = strconv.FormatFloat(m.buckets[i], 'g', -1, 64)
		}
		b = fmt.Appendf(b, "%s_bucket{%s,le=%q} %d\n", metric, labels, bound, total)
	}
	b = fmt.Appendf(b, "%s_sum{%s} %s\n", metric, labels, strconv.FormatFloat(h.sum, 'g', -1, 64))
	return fmt.Appendf(b, "%s_count{%s} %d\n", metric, labels, total)
}
