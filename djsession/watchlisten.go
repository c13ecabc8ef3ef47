package djsession

import (
	"context"
	"log/slog"
	"time"
)

// Notifications are a channel that tells of sessions which were changed or
// deleted, such as that of PostgreSQL's NOTIFY (see dbstore.NotifyTrigger) or
// of Redis's keyspace events.
type Notifications interface {
	// Next waits for the next one and returns a session's fingerprint (see
	// [Fingerprint]), or "" if any session may be meant. After an error the
	// channel is closed and opened again.
	Next(ctx context.Context) (fingerprint string, err error)

	// Close ends the channel.
	Close() error
}

// How long [Watcher.Listen] waits before it opens a channel again.
const (
	minListenPause = time.Second
	maxListenPause = 30 * time.Second
)

// Listen passes notifications to [Watcher.Notify] until ctx is over, whose
// error it returns. It opens the channel by open, and again when the channel
// fails, after a pause; then it has all sessions looked at, for what it missed.
// While there is no channel, the ends of sessions are noticed once an interval.
func (w *Watcher) Listen(ctx context.Context, open func(ctx context.Context) (Notifications, error)) error {
	pause, failing := minListenPause, false
	for {
		channel, err := open(ctx)
		if err == nil {
			if failing {
				w.opts.Logger.LogAttrs(ctx, slog.LevelInfo, "notifications of sessions come again")
			}
			pause, failing = minListenPause, false
			w.Notify()
			err = w.pass(ctx, channel)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !failing {
			failing = true
			w.opts.Logger.LogAttrs(ctx, slog.LevelWarn, "notifications of sessions do not come: the ends of watched sessions are noticed later",
				slog.Any("error", err), slog.Duration("interval", w.opts.Interval))
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
		pause = min(2*pause, maxListenPause)
	}
}

// pass passes on what comes until the channel fails.
func (w *Watcher) pass(ctx context.Context, channel Notifications) error {
	defer channel.Close()
	for {
		fingerprint, err := channel.Next(ctx)
		switch {
		case err != nil:
			return err
		case fingerprint == "":
			w.Notify()
		default:
			w.Notify(fingerprint)
		}
	}
}
