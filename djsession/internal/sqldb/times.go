package sqldb

import (
	"time"
)

// first and last are the ends of what Django can read: the times of Python's
// datetime. A database has times beyond them, such as 'infinity'.
var (
	first = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	last  = time.Date(9999, 12, 31, 23, 59, 59, 999999e3, time.UTC)
)

// readable returns the time nearest to t that Django can read, to the
// microsecond.
func readable(t time.Time) time.Time {
	switch {
	case t.Before(first):
		return first
	case t.After(last):
		return last
	}
	return t.Truncate(time.Microsecond)
}

// wallClock is a naive time as Django writes it: in UTC, or in local with
// USE_TZ = False; the fraction only if there is one. SQLite compares it as
// text, so the space and the leading zeros matter.
func wallClock(t time.Time, local *time.Location) string {
	if local == nil {
		local = time.UTC
	}
	t = readable(t)
	switch at := t.In(local); {
	case at.Year() < 1 || at.Year() > 9999: // in another zone it is a year that Django cannot read
		t = t.UTC()
	default:
		t = at
	}
	if t.Nanosecond() == 0 {
		return t.Format("2006-01-02 15:04:05")
	}
	return t.Format("2006-01-02 15:04:05.000000")
}

// A ScanTime is a [sql.Scanner] for an expression of [Dialect.TimeColumn].
// Scanning never fails: a time that cannot be read is the zero time, and the
// rest of the row can be used.
type ScanTime struct {
	Local *time.Location // of naive times; nil is UTC

	// Time is the zero time for NULL and for what is not a time, and never
	// lies outside what Django can read: 'infinity' is the end of year 9999.
	Time time.Time

	// Unread says that there is a value, and that it is not a time.
	Unread bool

	// Raw is the value as a parameter that the database compares as equal,
	// which Time may not be: no clock may have shown it, or two times.
	Raw any
}

// Scan takes an instant, or the text of a naive time.
func (s *ScanTime) Scan(src any) error {
	s.Time, s.Unread, s.Raw = time.Time{}, false, src
	switch v := src.(type) {
	case nil:
	case time.Time:
		s.Time = readable(v)
	case []byte:
		s.scanText(string(v))
	case string:
		s.scanText(v)
	default:
		s.Unread = true
	}
	return nil
}

func (s *ScanTime) scanText(text string) {
	local := s.Local
	if local == nil {
		local = time.UTC
	}
	t, ok := wallClockTime(text, local)
	if !ok {
		t, ok = otherTime(text, local)
	}
	if ok {
		t = readable(t)
	}
	s.Time, s.Unread, s.Raw = t, !ok, text
}

// Is reports whether t is what was scanned, so that the column can stay as it
// is: of what Django does not write, not every value can be written again.
func (s *ScanTime) Is(t time.Time) bool { return s.Raw != nil && t.Equal(s.Time) }

// wallClockTime reads what wallClock writes. It is for walks through whole
// tables: time.Parse takes ten times as long.
func wallClockTime(text string, local *time.Location) (time.Time, bool) {
	if len(text) != len("2006-01-02 15:04:05") && len(text) != len("2006-01-02 15:04:05.000000") {
		return time.Time{}, false
	}
	const shape = "0000-00-00 00:00:00.000000"
	for i := 0; i < len(text); i++ {
		if digit := '0' <= text[i] && text[i] <= '9'; digit != (shape[i] == '0') || !digit && text[i] != shape[i] {
			return time.Time{}, false
		}
	}
	two := func(at int) int { return int(text[at]-'0')*10 + int(text[at+1]-'0') }
	year, month, day, hour, minute, second := two(0)*100+two(2), two(5), two(8), two(11), two(14), two(17)
	micros := 0
	if len(text) > len("2006-01-02 15:04:05") {
		micros = (two(20)*100+two(22))*100 + two(24)
	}
	if !onCalendar(year, month, day, hour, minute, second) {
		return time.Time{}, false
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, micros*1000, local), true
}

func onCalendar(year, month, day, hour, minute, second int) bool {
	return year >= 1 && month >= 1 && month <= 12 && day >= 1 && (day <= 28 || day <= daysIn(year, month)) &&
		hour <= 23 && minute <= 59 && second <= 59
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
