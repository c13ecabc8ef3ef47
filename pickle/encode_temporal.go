package pickle

import "time"

// temporal writes dates, times and time zones.
func (e *encoder) temporal(r ref, v any) error {
	switch v := v.(type) {
	case DateTime:
		return e.dateTime(r, v)
	case time.Time:
		return e.dateTime(r, DateTimeOf(v))
	case Date:
		if !validDate(v.Year, v.Month, v.Day) {
			return invalid("Date")
		}
		return e.reduce(r, Class{"datetime", "date"}, Bytes([]byte{byte(v.Year >> 8), byte(v.Year), byte(v.Month), byte(v.Day)}))
	case Time:
		return e.timeOfDay(r, v)
	case TimeDelta:
		if !v.valid() {
			return invalid("TimeDelta")
		}
		return e.reduce(r, Class{"datetime", "timedelta"}, v.Days, v.Seconds, v.Microseconds)
	case time.Duration:
		return e.temporal(r, TimeDeltaOf(v))
	case TimeZone:
		return e.timeZone(r, v)
	case ZoneInfo:
		module := "zoneinfo"
		if v.Backport {
			module = "backports.zoneinfo"
		}
		return e.reduce(r, Class{module, "ZoneInfo._unpickle"}, v.Key, !v.NoCache)
	case PytzZone:
		return e.pytz(r, v)
	case PytzOffset:
		return e.reduce(r, Class{"pytz", "FixedOffset"}, v.Minutes)
	}
	return nil
}

func invalid(name string) error { return &TypeError{Reason: "a " + name + " out of Python's range"} }

func (e *encoder) dateTime(r ref, t DateTime) error {
	if !validDate(t.Year, t.Month, t.Day) || !validTime(t.Hour, t.Minute, t.Second, t.Microsecond) {
		return invalid("DateTime")
	}
	b := []byte{
		byte(t.Year >> 8), byte(t.Year), byte(t.Month), byte(t.Day), byte(t.Hour), byte(t.Minute), byte(t.Second),
		byte(t.Microsecond >> 16), byte(t.Microsecond >> 8), byte(t.Microsecond),
	}
	if t.Fold && e.protocol > 3 {
		b[2] |= 0x80
	}
	return e.zoned(r, "datetime", b, t.TZ)
}

func (e *encoder) timeOfDay(r ref, t Time) error {
	if !validTime(t.Hour, t.Minute, t.Second, t.Microsecond) {
		return invalid("Time")
	}
	b := []byte{
		byte(t.Hour), byte(t.Minute), byte(t.Second),
		byte(t.Microsecond >> 16), byte(t.Microsecond >> 8), byte(t.Microsecond),
	}
	if t.Fold && e.protocol > 3 {
		b[0] |= 0x80
	}
	return e.zoned(r, "time", b, t.TZ)
}

func (e *encoder) zoned(r ref, name string, packed []byte, zone any) error {
	if zone == nil {
		return e.reduce(r, Class{"datetime", name}, Bytes(packed))
	}
	return e.reduce(r, Class{"datetime", name}, Bytes(packed), zone)
}

func (e *encoder) timeZone(r ref, z TimeZone) error {
	if !z.valid() {
		return invalid("TimeZone")
	}
	if z.Name == "" {
		return e.reduce(r, Class{"datetime", "timezone"}, TimeDeltaOf(z.Offset))
	}
	return e.reduce(r, Class{"datetime", "timezone"}, TimeDeltaOf(z.Offset), z.Name)
}

func (e *encoder) pytz(r ref, z PytzZone) error {
	switch {
	case z.Localized:
		return e.reduce(r, Class{"pytz", "_p"}, z.Zone, z.UTCOffset, z.DST, z.Abbrev)
	case z.Zone == "UTC":
		return e.reduce(r, Class{"pytz", "_UTC"})
	}
	return e.reduce(r, Class{"pytz", "_p"}, z.Zone)
}
