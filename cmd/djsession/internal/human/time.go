package human

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
)

// Time is a time for people: on their clock, and from now.
func Time(t, now time.Time) string {
	if t.IsZero() {
		return unknownTime
	}
	return t.Local().Format("2006-01-02 15:04:05 MST") + " (" + Relative(t, now) + ")"
}

// Relative is a time as people say it: "5 days ago", "in 2 weeks".
func Relative(t, now time.Time) string {
	if t.IsZero() {
		return unknownTime
	}
	text := humanize.CustomRelTime(t, now, "", "", magnitudes)
	switch {
	case text == "now":
		return text
	case t.After(now):
		return "in " + text
	}
	return text + " ago"
}

// unknownTime stands for an expiry that a cache does not tell, or that never
// comes.
const unknownTime = "not known"

const year = 365 * 24 * time.Hour

// magnitudes says up to which duration to count in which unit. None is a "long
// while": sessions can be made to last.
var magnitudes = []humanize.RelTimeMagnitude{
	{D: time.Second, Format: "now", DivBy: time.Second},
	{D: 2 * time.Second, Format: "1 second", DivBy: 1},
	{D: 2 * time.Minute, Format: "%d seconds", DivBy: time.Second},
	{D: 2 * time.Hour, Format: "%d minutes", DivBy: time.Minute},
	{D: 48 * time.Hour, Format: "%d hours", DivBy: time.Hour},
	{D: 60 * 24 * time.Hour, Format: "%d days", DivBy: 24 * time.Hour},
	{D: 2 * year, Format: "%d months", DivBy: year / 12},
	{D: 1<<63 - 1, Format: "%d years", DivBy: year},
}

// ParseAge reads a length of time as people write it: 90s, 30m, 12h, 3d, 2w, or
// several of them, 1d12h.
func ParseAge(text string) (time.Duration, error) {
	var total time.Duration
	rest := text
	for rest != "" {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, err := strconv.ParseInt(rest[:digits], 10, 64)
		if err != nil || digits == len(rest) {
			return 0, fail.Usagef("%q is no length of time: write 90s, 30m, 12h, 3d or 2w", text)
		}
		unit, ok := units[rest[digits]]
		if !ok || n > int64((1<<63-1)/unit) {
			return 0, fail.Usagef("%q is no length of time: write 90s, 30m, 12h, 3d or 2w", text)
		}
		if total += time.Duration(n) * unit; total < 0 {
			break // too long for a time.Duration
		}
		rest = rest[digits+1:]
	}
	if text == "" || total < 0 {
		return 0, fail.Usagef("%q is no length of time: write 90s, 30m, 12h, 3d or 2w", text)
	}
	return total, nil
}

var units = map[byte]time.Duration{
	's': time.Second,
	'm': time.Minute,
	'h': time.Hour,
	'd': 24 * time.Hour,
	'w': 7 * 24 * time.Hour,
}

// whenLayouts are the ways to write a time; those without a zone are on the
// user's clock.
var whenLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02"}

// ParseWhen reads a time, or how long it is from now: ago if direction is -1,
// ahead if it is 1.
func ParseWhen(text string, direction time.Duration, now time.Time) (time.Time, error) {
	if text == "now" {
		return now, nil
	}
	for _, layout := range whenLayouts {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return t, nil
		}
	}
	age, err := ParseAge(text)
	if err != nil {
		return time.Time{}, fail.AsUsage(fmt.Errorf("%q is no time: write 2006-01-02, 2006-01-02 15:04, or how long from now, such as 30m or 3d", text))
	}
	return now.Add(direction * age), nil
}
