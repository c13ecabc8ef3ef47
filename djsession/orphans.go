package djsession

import (
	"context"
	"errors"
)

// maxOrphans is how many saves of a manager may go on at once after their
// clients went away.
const maxOrphans = 128

// saveContext is the request's, but it outlives a client that goes away: what
// was done must be kept. With a slow store and impatient clients that would be
// more saves than it ever gets done, so those beyond maxOrphans are given up.
func (x *exchange) saveContext() (context.Context, context.CancelFunc) {
	parent := x.request.Context()
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(parent))
	timed, stopTimer := context.WithTimeout(ctx, x.manager.opts.SaveTimeout)
	if deadline, ok := parent.Deadline(); ok {
		stopTimer()
		timed, stopTimer = context.WithDeadline(ctx, deadline)
	}
	stop := context.AfterFunc(parent, func() {
		select {
		case x.manager.orphans <- struct{}{}:
			<-timed.Done() // the save is over
			<-x.manager.orphans
		default:
			cancel(errTooManyOrphans)
		}
	})
	return timed, func() {
		stop()
		stopTimer()
		cancel(nil)
	}
}

// errTooManyOrphans is why a save was given up.
var errTooManyOrphans = errors.New("too many saves go on already whose clients have gone away")
