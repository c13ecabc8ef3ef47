package cachestore

import (
	"math"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// expires returns when the record's session is to end, also of a record that
// does not say: as Django decides at each save.
func (o *Options) expires(rec *djsession.Record) (end time.Time, instant bool, err error) {
	e, err := rec.Data.Expiry(o.Local)
	at, instant := e.At()
	switch {
	case !rec.Expires.IsZero():
		return rec.Expires, instant, nil
	case err != nil:
		return time.Time{}, false, err
	case instant:
		return at, true, nil
	}
	age := o.CookieAge
	if after, ok := e.After(); ok {
		age = after
	}
	return o.Now().Add(age), false, nil
}

// life returns the time to live that Django would give, in whole seconds. The
// seconds to an instant are rounded down. An age was whole when Expires was
// reckoned from it, a moment ago: it is rounded up to what it was.
// Django: SessionBase.get_expiry_age.
func (o *Options) life(rec *djsession.Record) (time.Duration, error) {
	end, instant, err := o.expires(rec)
	if err != nil {
		return 0, err
	}
	left := within(end.Sub(o.Now()))
	if instant {
		return floor(left), nil
	}
	return -floor(-left), nil
}

// farthest is the end of what a time.Duration can say, in whole seconds: some
// 292 years.
const farthest = math.MaxInt64 / time.Second * time.Second

// within leaves room for rounding up and down, and for another sign.
func within(d time.Duration) time.Duration { return min(max(d, -farthest), farthest) }

// floor rounds down to the second, also what is negative.
func floor(d time.Duration) time.Duration {
	d = within(d)
	whole := d.Truncate(time.Second)
	if whole > d {
		whole -= time.Second
	}
	return whole
}
