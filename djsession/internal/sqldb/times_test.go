package sqldb

import (
	"testing"
	"time"
)

// TestScanTime reads naive times as Django 5.2's parse_datetime reads them,
// and what a database has that is not a time.
func TestScanTime(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	const unread = "0001-01-01T00:00:00Z"
	for _, row := range []struct {
		reason, text string
		local        *time.Location
		want         string // RFC 3339
	}{
		{"whole seconds", "2026-11-23 20:17:27", nil, "2026-11-23T20:17:27Z"},
		{"a fraction", "2026-11-23 20:17:27.123456", nil, "2026-11-23T20:17:27.123456Z"},
		{"on a wall clock in winter", "2026-11-23 20:17:27", berlin, "2026-11-23T20:17:27+01:00"},
		{"on a wall clock in summer", "2026-07-23 20:17:27.5", berlin, "2026-07-23T20:17:27.5+02:00"},
		{"a leap day", "2028-02-29 00:00:00", nil, "2028-02-29T00:00:00Z"},
		{"a leap day that is none", "2026-02-29 00:00:00", nil, unread},
		{"the 31st of a short month", "2026-04-31 00:00:00", nil, unread},
		{"no such month", "2026-13-01 00:00:00", nil, unread},
		{"no such hour", "2026-01-01 24:00:00", nil, unread},
		{"no such minute", "2026-01-01 00:60:00", nil, unread},
		{"a leap second", "2026-01-02 03:04:60", nil, unread},
		{"a day of nothing", "2026-01-00 00:00:00", nil, unread},
		{"MySQL's zero date", "0000-00-00 00:00:00.000000", nil, unread},
		{"letters", "2026-01-0x 00:00:00", nil, unread},
		{"other signs", "2026/01/01 00:00:00", nil, unread},
		{"two blanks", "2026-01-02  03:04:05", nil, unread},
		{"a fraction of nothing", "2026-01-02 03:04:05.", nil, unread},
		{"seconds since 1970", "1700000000", nil, unread},
		{"year 10000 as text", "10000-01-01 00:00:00", nil, unread},
		{"nothing", "", nil, unread},
		{"with an offset, as old Djangos did", "2026-01-01 00:00:00+00:00", nil, "2026-01-01T00:00:00Z"},
		{"with a T", "2026-01-01T00:00:00", nil, "2026-01-01T00:00:00Z"},
		{"a T and a Z", "2026-01-02T03:04:05Z", berlin, "2026-01-02T03:04:05Z"},
		{"an offset of hours", "2026-01-02 03:04:05+02", nil, "2026-01-02T03:04:05+02:00"},
		{"an offset without colon", "2026-01-02 03:04:05+0230", nil, "2026-01-02T03:04:05+02:30"},
		{"an offset behind a blank", "2026-01-02 03:04:05 +02:00", nil, "2026-01-02T03:04:05+02:00"},
		{"an offset to the west", "2026-01-02 03:04:05-00:30", nil, "2026-01-02T03:04:05-00:30"},
		{"without seconds", "2026-01-02 03:04", nil, "2026-01-02T03:04:00Z"},
		{"without a time of day", "2026-01-02", berlin, "2026-01-02T00:00:00+01:00"},
		{"without leading zeros", "2026-1-2 3:4:5", nil, "2026-01-02T03:04:05Z"},
		{"more digits than microseconds", "2026-01-02 03:04:05.123456789", nil, "2026-01-02T03:04:05.123456Z"},
		{"a comma", "2026-01-02 03:04:05,25", nil, "2026-01-02T03:04:05.25Z"},
		{"the last time that Python has", "9999-12-31 23:59:59.999999", nil, "9999-12-31T23:59:59.999999Z"},
		{"later than Python has, in UTC", "9999-12-31 23:59:59-05:00", nil, "9999-12-31T23:59:59.999999Z"},
		{"never", "infinity", berlin, "9999-12-31T23:59:59.999999Z"},
		{"always expired", "-infinity", nil, unread},
	} {
		for _, src := range []any{row.text, []byte(row.text)} {
			got := ScanTime{Local: row.local}
			err := got.Scan(src)
			if text := got.Time.Format(time.RFC3339Nano); err != nil || text != row.want {
				t.Errorf("%s: got %s, %v, want %s", row.reason, text, err, row.want)
			}
			if wantUnread := row.want == unread && row.text != "-infinity"; got.Unread != wantUnread {
				t.Errorf("%s: got Unread %t, want %t", row.reason, got.Unread, wantUnread)
			}
			if !got.Is(got.Time) || got.Raw != row.text {
				t.Errorf("%s: the time that was read is not the same, %v, want %s", row.reason, got.Raw, row.text)
			}
		}
	}
}

// TestScanInstant reads what drivers return as times, and what they should not.
func TestScanInstant(t *testing.T) {
	for _, row := range []struct {
		reason string
		src    any
		want   time.Time
		unread bool
	}{
		{"an instant", time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC), time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC), false},
		{"after what Python has", time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC), last, false},
		{"before what Python has", time.Date(-44, 3, 15, 0, 0, 0, 0, time.UTC), first, false},
		{"NULL", nil, time.Time{}, false},
		{"a number", int64(7), time.Time{}, true},
	} {
		s := ScanTime{Time: time.Now(), Unread: true}
		if err := s.Scan(row.src); err != nil || !s.Time.Equal(row.want) || s.Unread != row.unread {
			t.Errorf("%s: got %v, unread %t, %v, want %v, %t", row.reason, s.Time, s.Unread, err, row.want, row.unread)
		}
	}
}

// TestTimesDjangoCanRead writes no time that Python's datetime cannot hold,
// which would make the row unreadable for Django, or be an error of MySQL.
func TestTimesDjangoCanRead(t *testing.T) {
	for _, row := range []struct {
		zone int // hours
		year int
		want string
	}{
		{0, 20000, "9999-12-31 23:59:59.999999"},
		{9, 20000, "9999-12-31 23:59:59.999999"},
		{-9, 20000, "9999-12-31 14:59:59.999999"},
		{0, -5, "0001-01-01 00:00:00"},
		{-9, -5, "0001-01-01 00:00:00"},
	} {
		at := time.Date(row.year, 1, 1, 0, 0, 0, 0, time.UTC)
		for _, d := range []Dialect{MySQL, SQLite} {
			if got := d.Time(at, time.FixedZone("", row.zone*3600)); got != row.want {
				t.Errorf("%v, year %d, zone %d: got %v, want %s", d, row.year, row.zone, got, row.want)
			}
		}
		if got := PostgreSQL.Time(at, nil).(time.Time); got.Year() < 1 || got.Year() > 9999 {
			t.Errorf("PostgreSQL, year %d: got %v", row.year, got)
		}
	}
}
