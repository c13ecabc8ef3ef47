// Package guest lets other handlers take part in an exchange that passed
// through Manager.Handler, so that they need no context and no response writer
// of their own.
package guest

import (
	"net/http"
	"sync/atomic"
)

// A Guest is what a handler keeps for a request.
type Guest interface {
	// Value returns what the request's context has for a key, or nil.
	Value(key any) any

	// BeforeResponse may set headers just before the first byte leaves, and
	// reports whether it did, or changed the session.
	BeforeResponse(h http.Header) (changed bool)
}

// A Node is a place in a list. A guest holds its own, so that to be invited
// allocates nothing.
type Node struct {
	Guest Guest
	next  *Node
}

// A Host is the exchange. The value of HostKey in a request's context is the
// innermost.
type Host interface {
	Invite(n *Node)
}

// HostKey is the key of the Host in a context.
type HostKey struct{}

// A List is the guests of one exchange. It is safe for concurrent use.
type List struct{ last atomic.Pointer[Node] }

// Add puts a guest before those that there are.
func (l *List) Add(n *Node) {
	for {
		n.next = l.last.Load()
		if l.last.CompareAndSwap(n.next, n) {
			return
		}
	}
}

// Value is that of the guest who came last and has one, or nil.
func (l *List) Value(key any) any {
	for n := l.last.Load(); n != nil; n = n.next {
		if v := n.Guest.Value(key); v != nil {
			return v
		}
	}
	return nil
}

// BeforeResponse tells all guests, and reports whether one changed something.
func (l *List) BeforeResponse(h http.Header) (changed bool) {
	for n := l.last.Load(); n != nil; n = n.next {
		changed = n.Guest.BeforeResponse(h) || changed
	}
	return changed
}
