package djsession

import (
	"context"
	"iter"
	"time"
)

// A Record is a session as a [Store] keeps it.
type Record struct {
	Key     string
	Data    *Data
	Expires time.Time // when the store drops it, whatever the cookie says

	// Encoding is how the session was encoded, in stores that sign what they
	// keep. Only reading fills it.
	Encoding Encoding
}

// A Store keeps sessions. Its methods mean what those of Django's session
// engines mean, are safe for concurrent use, and obey the context's deadline.
// The caller has checked the key. The clock that decides whether a session has
// expired is the application's, as in Django. storetest checks all of this.
type Store interface {
	// Load returns the live session with this key, else [ErrNotFound]. A
	// session that is there but cannot be read is an error that matches
	// [ErrCorrupt] together with a record of its key, expiry and no data:
	// Django takes it for empty and keeps its key. One that is larger than the
	// store reads is an [ErrTooLarge], with or without such a record: Django
	// can read it, so nothing may be written over it. See [Unreadable].
	Load(ctx context.Context, key string) (*Record, error)

	// Create stores a new session. It returns [ErrKeyExists] and changes
	// nothing if the key is taken, also by an expired session. A store whose
	// key is its content sets rec.Key.
	// Django: SessionBase.save(must_create=True).
	Create(ctx context.Context, rec *Record) error

	// Update replaces a session that exists, expired or not. It returns
	// [ErrNotFound] if it is gone, and never makes one: that would undo a
	// logout.
	// Django: SessionBase.save.
	Update(ctx context.Context, rec *Record) error

	// Delete removes a session. It is no error if there is none.
	// Django: SessionBase.delete.
	Delete(ctx context.Context, key string) error
}

// A Modifier is a [Store] that can change a session atomically.
type Modifier interface {
	// Modify loads the session, expired or not, lets change alter its data and
	// expiry, and stores the result, under a row lock or by compare-and-swap;
	// change may be called again after a lost race. It returns [ErrNotFound]
	// without calling change if there is no such session, and [ErrTooLarge]
	// likewise if it is larger than the store reads. An error of change is
	// returned as it is, and nothing is stored. A session that matches
	// [ErrCorrupt] comes as a record without data.
	Modify(ctx context.Context, key string, change func(rec *Record) error) error
}

// A Rekeyer is a [Store] that can move a session to another key. [Rekey] asks
// it, and does without where it is not there.
type Rekeyer interface {
	// Rekey stores rec under its new key in place of the session under the key
	// old, expired or not, in one step where the store can: no one ever finds
	// both, or neither. It returns [ErrNotFound] if there is no session under
	// old, which another Rekey or a Delete may have taken a moment ago, and
	// [ErrKeyExists] if the new key is taken. On any error it leaves nothing
	// under the new key; after [ErrUnavailable] that may not be possible.
	Rekey(ctx context.Context, old string, rec *Record) error
}

// A Stateless is a [Store] that keeps nothing: a session's key is its content,
// as in a signed cookie. A [Manager] passes any key to it. If the key is not a
// session, the response gets a cookie with an empty session, as in Django.
type Stateless interface {
	Stateless() bool
}

// An ExpiredClearer is a [Store] that does not forget expired sessions by
// itself.
type ExpiredClearer interface {
	// ClearExpired deletes sessions whose expiry lies before now, in batches,
	// and returns how many. On an error or the context's end it says how many
	// went before.
	// Django: SessionBase.clear_expired.
	ClearExpired(ctx context.Context, opts *ClearOptions) (deleted int64, err error)
}

// ClearOptions is how [ExpiredClearer] goes about it. Nil and the zero value
// are the defaults.
type ClearOptions struct {
	BatchSize int                 // sessions a statement may delete; default 1000
	Pause     time.Duration       // between batches, so that others can work; default none
	Max       int64               // stop after so many; default no limit
	Progress  func(deleted int64) // called after each batch, if set
}

// A Lister is a [Store] that can walk through its sessions.
type Lister interface {
	// List returns the sessions that match, one page of them in memory at a
	// time. A session that cannot be read comes as a record without data and an
	// error that matches [ErrCorrupt] or [ErrTooLarge], and the walk goes on;
	// any other error comes without a record and ends it.
	List(ctx context.Context, opts *ListOptions) iter.Seq2[*Record, error]
}

// A UserLister is a [Lister] that finds the sessions of one user without
// reading all sessions.
type UserLister interface {
	// ListUser is [Lister.List] of the sessions whose _auth_user_id is userID,
	// the primary key as text.
	ListUser(ctx context.Context, userID string, opts *ListOptions) iter.Seq2[*Record, error]
}

// ListOptions is what [Lister.List] yields, and in which order. Nil and the
// zero value are all sessions by key.
type ListOptions struct {
	Order    Order
	State    State
	From, To time.Time // only sessions that expire in [From, To); zero times do not limit
	After    *Record   // go on behind this record: its Key, and its Expires in an order by expiry
	Limit    int       // default no limit
	PageSize int       // records fetched at once; default 500
}

// Order is an order of sessions.
type Order uint8

// The orders that a [Lister] knows. Sessions that expire together come in the
// order of their keys, likewise reversed.
const (
	OrderByKey Order = iota
	OrderByExpiry
	OrderByExpiryDescending

	// OrderAny is whichever order is the fastest for a walk through
	// everything. ListOptions.After does not go with it.
	OrderAny
)

// State selects sessions by whether they have expired.
type State uint8

// The states that a [Lister] can select.
const (
	StateAny State = iota
	StateLive
	StateExpired
)
