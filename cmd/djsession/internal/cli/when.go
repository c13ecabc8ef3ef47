package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// parseAge reads a length of time as people write it: 90s, 30m, 12h, 3d, 2w, or
// several of them, 1d12h.
func parseAge(text string) (time.Duration, error) {
	var total time.Duration
	rest := text
	for rest != "" {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, err := strconv.ParseInt(rest[:digits], 10, 64)
		if err != nil || digits == len(rest) {
			return 0, usagef("%q is no length of time: write 90s, 30m, 12h, 3d or 2w", text)
		}
		unit, ok := units[rest[digits]]
		if !ok || n > int64((1<<63-1)/unit) {
			return 0, usagef("%q is no length of time: write 90s, 30m, 12h, 3d or 2w", text)
		}
		if total += time.Duration(n) * unit; total < 0 {
			break // too long for a time.Duration
		}
		rest = rest[digits+1:]
	}
	if text == "" || total < 0 {
		return 0, usagef("%q is no length of time: write 90s, 30m, 12h, 3d or 2w", text)
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

// parseWhen reads a time, or how long it is from now: ago if direction is -1,
// ahead if it is 1.
func (a *app) parseWhen(text string, direction time.Duration) (time.Time, error) {
	if text == "now" {
		return a.now(), nil
	}
	for _, layout := range whenLayouts {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return t, nil
		}
	}
	age, err := parseAge(text)
	if err != nil {
		return time.Time{}, usageError(fmt.Errorf("%q is no time: write 2006-01-02, 2006-01-02 15:04, or how long from now, such as 30m or 3d", text))
	}
	return a.now().Add(direction * age), nil
}
