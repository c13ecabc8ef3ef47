package djsession

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"time"
)

// expiryName is where Django keeps what set_expiry was given.
const expiryName = "_session_expiry"

// DefaultAge is how long a session lives unless it says otherwise: two weeks.
// Django: SESSION_COOKIE_AGE.
const DefaultAge = 14 * 24 * time.Hour

// Expiry is a session's own word on when it ends. The zero value is
// [ExpireDefault].
// Django: SessionBase.set_expiry.
type Expiry struct {
	kind  expiryKind
	after time.Duration
	at    time.Time
}

type expiryKind uint8

const (
	expireDefault expiryKind = iota
	expireOnClose
	expireAfter
	expireAt
)

// ExpireDefault leaves it to the site's settings. Django: set_expiry(None).
var ExpireDefault = Expiry{}

// ExpireOnClose ends the cookie when the browser closes. The store keeps the
// session for the site's usual age all the same, as Django does.
// Django: set_expiry(0).
var ExpireOnClose = Expiry{kind: expireOnClose}

// ExpireAfter ends the session so long after it was last saved, to the second;
// a negative time has passed already. Less than a second is [ExpireOnClose], as
// it is to Django.
// Django: set_expiry(seconds).
func ExpireAfter(d time.Duration) Expiry {
	d = d.Truncate(time.Second)
	if d == 0 {
		return ExpireOnClose
	}
	return Expiry{kind: expireAfter, after: d}
}

// ExpireAt ends the session at an instant, to the microsecond. Django 4.0 and
// earlier fail on a session that has one.
// Django: set_expiry(datetime).
func ExpireAt(t time.Time) Expiry {
	return Expiry{kind: expireAt, at: t.Truncate(time.Microsecond)}
}

// After returns the time after the last save, if that is what the expiry is.
func (e Expiry) After() (time.Duration, bool) { return e.after, e.kind == expireAfter }

// At returns the instant, if that is what the expiry is.
func (e Expiry) At() (time.Time, bool) { return e.at, e.kind == expireAt }

// OnClose reports whether it is [ExpireOnClose].
func (e Expiry) OnClose() bool { return e.kind == expireOnClose }

// A LocalTime is a time as a site with USE_TZ = False has it, without a zone:
// it is read off the clock of its location. [Session.SetExpiry] sets one with
// Options.ExpireAsDatetime and Local, for serializers that have such times.
type LocalTime time.Time

// Time returns the instant.
func (t LocalTime) Time(*time.Location) time.Time { return time.Time(t) }

// MarshalJSON is what Django 4.1 and later store.
func (t LocalTime) MarshalJSON() ([]byte, error) {
	return []byte(`"` + formatISO(time.Time(t), time.Time(t).Location()) + `"`), nil
}

// ErrBadExpiry says that a session's _session_expiry is nothing that Django
// could have written. Django fails on it too.
var ErrBadExpiry = errors.New("djsession: _session_expiry is neither a number nor a time")

// Expiry returns what the session says of its end. A time without an offset
// counts as local, as it does to a Django with USE_TZ = False; nil means UTC.
func (d *Data) Expiry(local *time.Location) (Expiry, error) {
	value, ok, err := d.Get(expiryName)
	if err != nil {
		return ExpireDefault, fmt.Errorf("%w: %w", ErrBadExpiry, err)
	}
	if !ok {
		return ExpireDefault, nil
	}
	switch v := value.(type) {
	case nil:
		return ExpireDefault, nil
	case bool:
		return expirySeconds(boolSeconds(v)), nil
	case int:
		return expirySeconds(float64(v)), nil
	case int64:
		return expirySeconds(float64(v)), nil
	case *big.Int:
		f, _ := new(big.Float).SetInt(v).Float64()
		return expirySeconds(f), nil
	case float64:
		return expirySeconds(v), nil
	case string:
		if v == "" {
			return ExpireDefault, nil
		}
		t, err := parseISO(v, local)
		if err != nil {
			return ExpireDefault, err
		}
		return Expiry{kind: expireAt, at: t}, nil
	case time.Time:
		return Expiry{kind: expireAt, at: v}, nil
	case interface {
		Time(local *time.Location) time.Time
	}: // a pickled datetime
		return Expiry{kind: expireAt, at: v.Time(orUTC(local))}, nil
	}
	return ExpireDefault, ErrBadExpiry
}

// SetExpiry sets or, with [ExpireDefault], removes the session's own expiry. A
// time is written with its offset from UTC, or without one in local if that is
// not nil, for a Django with USE_TZ = False.
func (d *Data) SetExpiry(e Expiry, local *time.Location) {
	switch e.kind {
	case expireDefault:
		d.Delete(expiryName)
	case expireOnClose:
		d.Set(expiryName, 0)
	case expireAfter:
		d.Set(expiryName, int64(e.after/time.Second))
	case expireAt:
		d.Set(expiryName, formatISO(e.at, local))
	}
}

// expirySeconds is a stored number. Durations end at some 292 years; so does
// this.
func expirySeconds(s float64) Expiry {
	switch ns := s * float64(time.Second); {
	case s == 0 || math.IsNaN(s):
		return ExpireOnClose
	case ns >= math.MaxInt64:
		return Expiry{kind: expireAfter, after: math.MaxInt64}
	case ns <= math.MinInt64:
		return Expiry{kind: expireAfter, after: math.MinInt64}
	default:
		return Expiry{kind: expireAfter, after: time.Duration(ns)}
	}
}

func boolSeconds(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
