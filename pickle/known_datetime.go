package pickle

import "time"

func datetimeReader(name string) reader {
	switch name {
	case "datetime":
		return readDateTime
	case "date":
		return readDate
	case "time":
		return readTime
	case "timedelta":
		return readTimeDelta
	case "timezone":
		return readTimeZone
	}
	return nil
}

// packed returns the first argument if it is n bytes. Python 3 that reads a str
// of Python 2 as latin-1 accepts that too.
func packed(args Tuple, n int) (string, bool) {
	if len(args) == 0 {
		return "", false
	}
	switch a := args[0].(type) {
	case Bytes:
		return string(a), len(a) == n
	case string:
		if len(a) > 2*n {
			return "", false
		}
		s, ok := toLatin1(a)
		return s, ok && len(s) == n
	}
	return "", false
}

// zoneArg returns the optional second argument, a time zone.
func zoneArg(args Tuple) (any, bool) {
	switch len(args) {
	case 1:
		return nil, true
	case 2:
		switch args[1].(type) {
		case TimeZone, ZoneInfo, PytzZone, PytzOffset, *Object:
			return args[1], true
		}
	}
	return nil, false
}

func readDateTime(d *decoder, args Tuple) (any, error) {
	s, ok1 := packed(args, 10)
	zone, ok2 := zoneArg(args)
	if !ok1 || !ok2 {
		return nil, errOther
	}
	t := DateTime{
		Year: int(s[0])<<8 | int(s[1]), Month: int(s[2] & 0x7f), Day: int(s[3]),
		Hour: int(s[4]), Minute: int(s[5]), Second: int(s[6]), Microsecond: micros(s[7:]),
		Fold: s[2] >= 0x80, TZ: zone,
	}
	if !validDate(t.Year, t.Month, t.Day) || !validTime(t.Hour, t.Minute, t.Second, t.Microsecond) {
		return nil, errOther
	}
	return t, nil
}

func readDate(d *decoder, args Tuple) (any, error) {
	s, ok := packed(args, 4)
	if !ok || len(args) != 1 {
		return nil, errOther
	}
	t := Date{int(s[0])<<8 | int(s[1]), int(s[2]), int(s[3])}
	if !validDate(t.Year, t.Month, t.Day) {
		return nil, errOther
	}
	return t, nil
}

func readTime(d *decoder, args Tuple) (any, error) {
	s, ok1 := packed(args, 6)
	zone, ok2 := zoneArg(args)
	if !ok1 || !ok2 {
		return nil, errOther
	}
	t := Time{
		Hour: int(s[0] & 0x7f), Minute: int(s[1]), Second: int(s[2]), Microsecond: micros(s[3:]),
		Fold: s[0] >= 0x80, TZ: zone,
	}
	if !validTime(t.Hour, t.Minute, t.Second, t.Microsecond) {
		return nil, errOther
	}
	return t, nil
}

func micros(s string) int { return int(s[0])<<16 | int(s[1])<<8 | int(s[2]) }

func validDate(year, month, day int) bool {
	return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func validTime(hour, minute, second, microsecond int) bool {
	return hour|minute|second|microsecond >= 0 && hour < 24 && minute < 60 && second < 60 && microsecond < 1e6
}

func readTimeDelta(d *decoder, args Tuple) (any, error) {
	v, ok := ints(args, 3)
	if !ok {
		return nil, errOther
	}
	t := TimeDelta{int(v[0]), int(v[1]), int(v[2])}
	if !t.valid() || int64(t.Days) != v[0] {
		return nil, errOther
	}
	return t, nil
}

func (d TimeDelta) valid() bool {
	const most = 999999999
	return -most <= d.Days && d.Days <= most && 0 <= d.Seconds && d.Seconds < 86400 && 0 <= d.Microseconds && d.Microseconds < 1e6
}

// readTimeZone reads timezone(offset) and timezone(offset, name).
func readTimeZone(d *decoder, args Tuple) (any, error) {
	if len(args) == 0 || len(args) > 2 {
		return nil, errOther
	}
	delta, ok := args[0].(TimeDelta)
	if !ok {
		return nil, errOther
	}
	z := TimeZone{}
	if z.Offset, ok = delta.Duration(); !ok || !z.valid() {
		return nil, errOther
	}
	if len(args) == 2 {
		if z.Name, ok = args[1].(string); !ok || z.Name == "" {
			return nil, errOther
		}
	}
	return z, nil
}

func (z TimeZone) valid() bool {
	return z.Offset > -24*time.Hour && z.Offset < 24*time.Hour && z.Offset%time.Microsecond == 0
}
