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
}

// Scan takes an instant, or the text of a naive time.
func (s *ScanTime) Scan(src any) error {
	var err error
	switch v := src.(type) {
	case time.Time:
		s.Time = v
	case string:
		s.Time, err = s.parse(v)
	case []byte:
		s.Time, err = s.parse(string(v))
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
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(layout, text, local); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("a time is stored in a form that Django does not write")
}
