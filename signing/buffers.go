package signing

import (
	"runtime"
	"sync"
)

// buffers are the scratch space of one call.
type buffers struct {
	text, packed []byte
	large        bool
}

var bufferPool, largePool sync.Pool

// maxPooled is the largest buffer worth keeping for all calls: a rare huge
// value must not hold on to memory.
const maxPooled = 64 << 10

// turns are how many huge values are signed or verified at once. More than
// there are cores would not be faster, and each takes several times its size.
var turns = make(chan struct{}, runtime.GOMAXPROCS(0))

func getBuffers() *buffers {
	if b, ok := bufferPool.Get().(*buffers); ok {
		return b
	}
	return &buffers{text: make([]byte, 0, 1024), packed: make([]byte, 0, 1024)}
}

// getBuffersFor is getBuffers for a value of a size. It may wait until another
// call is done, so no caller may hold such buffers already.
func getBuffersFor(size int) *buffers {
	if size <= maxPooled {
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
	case cap(b.text) <= maxPooled && cap(b.packed) <= maxPooled:
		bufferPool.Put(b)
	}
}
