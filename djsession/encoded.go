package djsession

import (
	"context"
	"iter"
	"time"
)

// An EncodedRecord is a session as a store holds it that keeps texts of a
// [Codec]: signed, and not decoded.
type EncodedRecord struct {
	Key     string
	Data    string
	Expires time.Time
}

// An EncodedStore is a [Store] whose sessions are texts of a [Codec], and which
// hands them out as they are. It is for tools that walk through a whole table:
// they decode on every core, with a codec of their own, and rewrite what they
// choose.
type EncodedStore interface {
	// ListEncoded is [Lister.List] with the decoding left to the caller. Any
	// error ends it.
	ListEncoded(ctx context.Context, opts *ListOptions) iter.Seq2[EncodedRecord, error]

	// SwapEncoded gives sessions new texts, all in one transaction, and reports
	// for each whether it was done: a session that is gone or no longer has the
	// old text stays as it is. Expiries do not change, so a session that a
	// request has just prolonged stays prolonged. On an error nothing was
	// changed.
	SwapEncoded(ctx context.Context, swaps []EncodedSwap) (done []bool, err error)
}

// An EncodedSwap is a session's text as it was read, and the one to replace it.
type EncodedSwap struct{ Key, Old, New string }

// A Counter is a [Lister] that can count without reading.
type Counter interface {
	// Count returns how many sessions match: State, From, To and After count,
	// the rest of the options does not.
	Count(ctx context.Context, opts *ListOptions) (int64, error)
}
