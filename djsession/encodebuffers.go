package djsession

import (
	"runtime"
	"sync"
)

// buffers are the scratch space of one call.
type buffers struct {
	payload, text []byte
	large         bool
}

var bufferPool, largePool sync.Pool

// maxPooled is the largest buffer worth keeping for all calls: a rare huge
// session must not hold on to memory.
const maxPooled = 64 << 10

// turns are how many huge sessions are encoded at once. More than there are
// cores would not be faster.
var turns = make(chan struct{}, runtime.GOMAXPROCS(0))

func getBuffers() *buffers {
	if b, ok := bufferPool.Get().(*buffers); ok {
		return b
	}
	return &buffers{payload: make([]byte, 0, 1024)}
}

// getBuffersFor is getBuffers for the encoding of d by s. It may wait until
// another huge session is encoded.
func getBuffersFor(s Serializer, d *Data) *buffers {
	if s != JSON || !isHuge(d) {
		return getBuffers()
	}
	turns <- struct{}{}
	if b, ok := largePool.Get().(*buffers); ok {
		return b
	}
	return &buffers{large: true}
}

func (b *buffers) put() {
	switch {
	case b.large:
		largePool.Put(b) // until the next collections of garbage
		<-turns
	case cap(b.payload) <= maxPooled && cap(b.text) <= maxPooled:
		bufferPool.Put(b)
	}
}

// isHuge reports whether the texts in a session alone make it huge. One with
// values that know themselves how to be encoded is not: their methods could
// encode a session, and would wait for their own turn.
func isHuge(d *Data) bool {
	for i := range d.entries {
		switch d.entries[i].value.(type) {
		case *jsonText, string, bool, nil, int, int64, float64:
		default:
			return false
		}
	}
	return heldSize(d) > maxPooled
}
