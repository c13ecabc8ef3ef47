package auth

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/djsession/djsession-go/djsession"
)

// hashing bounds how many passwords are checked at a time. A nil one does not.
type hashing chan struct{}

func newHashing(most int) hashing {
	switch {
	case most < 0:
		return nil
	case most == 0:
		most = runtime.GOMAXPROCS(0)
	}
	return make(hashing, most)
}

var errBusy = errors.New("other passwords are being checked")

// run calls compute, which checks or makes a hash, when it is its turn.
func (h hashing) run(ctx context.Context, compute func()) error {
	if h == nil {
		compute()
		return nil
	}
	select {
	case h <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("auth: %w: %w: %w", djsession.ErrUnavailable, errBusy, ctx.Err())
	}
	defer func() { <-h }()
	compute()
	return nil
}
