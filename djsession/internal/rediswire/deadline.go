package rediswire

import "context"

// Within calls, and comes back when the context ends at the latest; the call then ends by the client's own timeouts. It is for clients
// that do not always obey a context; with prompt it trusts this one.
func Within[T any](ctx context.Context, prompt bool, call func() (T, error)) (T, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	if prompt || ctx.Done() == nil {
		return call()
	}
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		value, err := call()
		answers <- answer{value, err}
	}()
	select {
	case a := <-answers:
		return a.value, a.err
	case <-ctx.Done():
		return none, ctx.Err()
	}
}
