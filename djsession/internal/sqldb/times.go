package sqldb

import (
	"fmt"
	"time"
)

// wallClock is a naive time as Django writes it: in UTC, or in local with USE_TZ = False; the fraction only if there is
// one. SQLite compares it as text, so the blank and the leading zeros matter.
func wallClock(t time.Time, local *time.Location) string {
	if local == nil {
		local = time.UTC
	}
	t = t.In(local).Truncate(time.Microsecond)
	if t.Nanosecond() == 0 {
		return t.Format("2006-01-02 15:04:05")
	}
	return t.Format("2006-01-02 15:04:05.000000")
}

// A ScanTime is a [sql.Scanner] for an expression of [Dialect.TimeColumn].
type ScanTime struct {
	Time  time.Time
	Local *time.Location // of naive times; nil is UTC
	Text  string         // as the database has it, unless that is an instant: it may be a time that no clock showed, or showed twice
}

// Scan takes an instant, or the text of a naive time.
func (s *ScanTime) Scan(src any) error {
	var err error
	s.Text = ""
	switch v := src.(type) {
	case time.Time:
		s.Time = v
	case string:
		s.Text = v
		s.Time, err = s.parse(v)
	case []byte:
		s.Text = string(v)
		s.Time, err = s.parse(s.Text)
	case nil:
		s.Time = time.Time{}
	default:
		err = fmt.Errorf("a time comes as %T", src)
	}
	return err
}

func (s *ScanTime) parse(text string) (time.Time, error) {
	local := s.Local
	if local == nil {
		local = time.UTC
	}
	if t, ok := wallClockTime(text, local); ok {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(layout, text, local); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("a time is stored in a form that Django does not write")
}

// wallClockTime reads what wallClock writes. It is for walks through whole tables: time.Parse takes ten times as long.
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
	if month < 1 || month > 12 || day < 1 || day > 28 && day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, micros*1000, local), true
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
