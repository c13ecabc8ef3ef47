package human

import (
	"testing"
	"time"
)

func TestParseAge(t *testing.T) {
	const day = 24 * time.Hour
	for _, tt := range []struct {
		text string
		want time.Duration // 0 is an error
	}{
		{"90s", 90 * time.Second},
		{"30m", 30 * time.Minute},
		{"1d12h", day + 12*time.Hour},
		{"2w", 14 * day},
		{"", 0},
		{"12", 0},
		{"h", 0},
		{"1y", 0},
		{"-1h", 0},
		{"1.5h", 0},
		{"106752d", 0}, // longer than a time.Duration
		{"106751d106751d", 0},
		{"9223372036854775808s", 0},
	} {
		t.Run(tt.text, func(t *testing.T) {
			got, err := ParseAge(tt.text)
			if got != tt.want || (err != nil) != (tt.want == 0) {
				t.Errorf("ParseAge(%q) = %v, %v; want %v, an error %v", tt.text, got, err, tt.want, tt.want == 0)
			}
		})
	}
}

func TestParseWhen(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, tt := range []struct {
		reason, text string
		direction    time.Duration
		want         time.Time // zero is an error
	}{
		{"now", "now", -1, now},
		{"ago", "1h", -1, now.Add(-time.Hour)},
		{"ahead", "1h", 1, now.Add(time.Hour)},
		{"a date, on the user's clock", "2026-01-02", 1, time.Date(2026, 1, 2, 0, 0, 0, 0, time.Local)},
		{"RFC 3339", "2026-01-02T03:04:05Z", 1, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
		{"neither", "tomorrow", 1, time.Time{}},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			got, err := ParseWhen(tt.text, tt.direction, now)
			if !got.Equal(tt.want) || (err != nil) != tt.want.IsZero() {
				t.Errorf("ParseWhen(%q) = %v, %v; want %v", tt.text, got, err, tt.want)
			}
		})
	}
}

func TestRelative(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, tt := range []struct {
		t    time.Time
		want string
	}{
		{time.Time{}, "not known"},
		{now, "now"},
		{now.Add(-5 * 24 * time.Hour), "5 days ago"},
		{now.Add(90 * time.Second), "in 90 seconds"},
		{now.AddDate(30, 0, 0), "in 30 years"},
	} {
		t.Run(tt.want, func(t *testing.T) {
			if got := Relative(tt.t, now); got != tt.want {
				t.Errorf("Relative(%v) = %q, want %q", tt.t, got, tt.want)
			}
		})
	}
}
