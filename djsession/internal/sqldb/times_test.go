package sqldb

import (
	"testing"
	"time"
)

// TestScanTime reads naive times as Django writes them, and what only looks like one.
func TestScanTime(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		reason, text string
		local        *time.Location
		want         string // RFC 3339, or nothing for an error
	}{
		{"whole seconds", "2026-11-23 20:17:27", nil, "2026-11-23T20:17:27Z"},
		{"a fraction", "2026-11-23 20:17:27.123456", nil, "2026-11-23T20:17:27.123456Z"},
		{"on a wall clock in winter", "2026-11-23 20:17:27", berlin, "2026-11-23T20:17:27+01:00"},
		{"on a wall clock in summer", "2026-07-23 20:17:27.5", berlin, "2026-07-23T20:17:27.5+02:00"},
		{"a leap day", "2028-02-29 00:00:00", nil, "2028-02-29T00:00:00Z"},
		{"a leap day that is none", "2026-02-29 00:00:00", nil, ""},
		{"the 31st of a short month", "2026-04-31 00:00:00", nil, ""},
		{"no such month", "2026-13-01 00:00:00", nil, ""},
		{"no such hour", "2026-01-01 24:00:00", nil, ""},
		{"no such minute", "2026-01-01 00:60:00", nil, ""},
		{"a day of nothing", "2026-01-00 00:00:00", nil, ""},
		{"letters", "2026-01-0x 00:00:00", nil, ""},
		{"other signs", "2026/01/01 00:00:00", nil, ""},
		{"with an offset, as old Djangos did", "2026-01-01 00:00:00+00:00", nil, "2026-01-01T00:00:00Z"},
		{"with a T", "2026-01-01T00:00:00", nil, "2026-01-01T00:00:00Z"},
	} {
		for _, src := range []any{row.text, []byte(row.text)} {
			got := ScanTime{Local: row.local}
			err := got.Scan(src)
			if row.want == "" {
				if err == nil {
					t.Errorf("%s: got %v", row.reason, got.Time)
				}
				continue
			}
			if text := got.Time.Format(time.RFC3339Nano); err != nil || text != row.want {
				t.Errorf("%s: got %s, %v, want %s", row.reason, text, err, row.want)
			}
		}
	}
}
