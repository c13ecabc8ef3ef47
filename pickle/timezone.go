package pickle

import "time"

// TimeZone is Python's datetime.timezone: a fixed offset east of UTC, to the
// microsecond, and perhaps a name. The zero TimeZone is timezone.utc.
type TimeZone struct {
	Offset time.Duration
	Name   string
}

// ZoneInfo is Python's zoneinfo.ZoneInfo for a zone of the time zone database,
// such as "Europe/Paris".
type ZoneInfo struct {
	Key      string
	NoCache  bool // made by ZoneInfo.no_cache
	Backport bool // of the package backports.zoneinfo
}

// PytzZone is a time zone of pytz. A datetime holds a localized one, which is
// one fixed offset of the zone.
type PytzZone struct {
	Zone      string // "UTC" is pytz.utc unless Localized
	Localized bool   // whether the fields below hold
	UTCOffset int    // seconds east of UTC, DST included
	DST       int    // seconds
	Abbrev    string // as "CEST"
}

// PytzOffset is pytz.FixedOffset.
type PytzOffset struct{ Minutes int }

// location returns the Location of a time zone of a known class. Database zones
// are looked up with [time.LoadLocation].
func location(zone any) (*time.Location, bool) {
	switch z := zone.(type) {
	case TimeZone:
		if z.Offset == 0 && z.Name == "" {
			return time.UTC, true
		}
		return time.FixedZone(z.Name, int(z.Offset/time.Second)), z.Offset%time.Second == 0
	case ZoneInfo:
		return database(z.Key)
	case PytzZone:
		if z.Localized {
			return time.FixedZone(z.Abbrev, z.UTCOffset), true
		}
		return database(z.Zone)
	case PytzOffset:
		return time.FixedZone("", z.Minutes*60), true
	}
	return nil, false
}

func database(name string) (*time.Location, bool) {
	if name == "" || name == "Local" { // which LoadLocation does not look up
		return nil, false
	}
	loc, err := time.LoadLocation(name)
	return loc, err == nil
}
