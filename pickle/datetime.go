package pickle

import "time"

// Date is Python's datetime.date.
type Date struct{ Year, Month, Day int }

// Time is Python's datetime.time. TZ is nil for a naive one, else a zone as in
// [DateTime].
type Time struct {
	Hour, Minute, Second, Microsecond int
	Fold                              bool // the second of two equal wall clock times; kept at protocol 4 and later
	TZ                                any
}

// DateTime is Python's datetime.datetime. TZ is nil for a naive one; otherwise
// it is a [TimeZone], [ZoneInfo], [PytzZone] or [PytzOffset], or the *[Object]
// of another class of time zone.
type DateTime struct {
	Year, Month, Day                  int
	Hour, Minute, Second, Microsecond int
	Fold                              bool // the second of two equal wall clock times; kept at protocol 4 and later
	TZ                                any
}

// DateTimeOf returns the datetime of t, cut to microseconds. Its zone is
// datetime.timezone with t's offset (timezone.utc for UTC), which Python has
// since 3.2.
func DateTimeOf(t time.Time) DateTime {
	d := naiveOf(t)
	_, offset := t.Zone()
	d.TZ = TimeZone{Offset: time.Duration(offset) * time.Second}
	return d
}

func naiveOf(t time.Time) DateTime {
	return DateTime{
		Year: t.Year(), Month: int(t.Month()), Day: t.Day(),
		Hour: t.Hour(), Minute: t.Minute(), Second: t.Second(), Microsecond: t.Nanosecond() / 1000,
	}
}

// Aware reports whether d has a time zone.
func (d DateTime) Aware() bool { return d.TZ != nil }

// Time returns the instant: an aware datetime's by its own zone, a naive one's
// in loc (UTC if loc is nil). It is the zero Time if d's zone is of a class
// this package does not know, or names a zone missing from this machine's
// database; ask [DateTime.Location] first where that matters.
func (d DateTime) Time(loc *time.Location) time.Time {
	if d.TZ != nil {
		own, ok := d.Location()
		if !ok {
			return time.Time{}
		}
		loc = own
	}
	if loc == nil {
		loc = time.UTC
	}
	wall := d.naive()
	utc := time.Date(d.Year, time.Month(d.Month), d.Day, d.Hour, d.Minute, d.Second, d.Microsecond*1000, time.UTC)
	at := func(near time.Duration) (t time.Time, exact bool) {
		_, offset := utc.Add(near).In(loc).Zone()
		t = utc.Add(-time.Duration(offset) * time.Second).In(loc)
		return t, naiveOf(t) == wall
	}
	// Around a change of offset a wall clock time occurs twice or never; Python
	// then takes the offset before the change, or with Fold the one after it.
	first, firstExact := at(-36 * time.Hour)
	second, secondExact := at(36 * time.Hour)
	if secondExact && !firstExact || d.Fold && secondExact == firstExact {
		return second
	}
	return first
}

// Location returns the zone of an aware datetime; false if d is naive or its
// zone cannot be known.
func (d DateTime) Location() (*time.Location, bool) { return location(d.TZ) }

// naive is d as Python compares it: without zone and fold.
func (d DateTime) naive() any {
	d.TZ, d.Fold = nil, false
	return d
}

func (d Time) naive() any {
	d.TZ, d.Fold = nil, false
	return d
}

// TimeDelta is Python's datetime.timedelta, with 0 <= Seconds < 86400 and 0 <=
// Microseconds < 1000000 as Python keeps it.
type TimeDelta struct{ Days, Seconds, Microseconds int }

// TimeDeltaOf returns the timedelta of d, cut to microseconds.
func TimeDeltaOf(d time.Duration) TimeDelta {
	micros := int64(d / time.Microsecond)
	const day = 86400 * 1e6
	days := micros / day
	if micros -= days * day; micros < 0 {
		days--
		micros += day
	}
	return TimeDelta{int(days), int(micros / 1e6), int(micros % 1e6)}
}

// Duration returns d as a Duration; false if it lies beyond the 292 years that
// one can hold.
func (d TimeDelta) Duration() (time.Duration, bool) {
	const most = 106751 // days
	if d.Days < -most || d.Days >= most {
		return 0, false
	}
	return time.Duration(d.Days)*24*time.Hour + time.Duration(d.Seconds)*time.Second + time.Duration(d.Microseconds)*time.Microsecond, true
}
