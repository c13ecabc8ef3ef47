package sqldb

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// otherTime reads a time that Django did not write and yet can read, as SQLite
// keeps whatever a program put there, and PostgreSQL's infinite times.
// Django: django.utils.dateparse.parse_datetime.
func otherTime(text string, local *time.Location) (time.Time, bool) {
	switch text {
	case "infinity":
		return last, true
	case "-infinity":
		return first, true
	}
	part := parsedByDjango.FindStringSubmatch(text)
	if part == nil {
		return time.Time{}, false
	}
	number := func(name string) int {
		n, _ := strconv.Atoi(part[parsedByDjango.SubexpIndex(name)]) // few digits, or none
		return n
	}
	year, month, day := number("year"), number("month"), number("day")
	hour, minute, second := number("hour"), number("minute"), number("second")
	if !onCalendar(year, month, day, hour, minute, second) {
		return time.Time{}, false
	}
	fraction := (part[parsedByDjango.SubexpIndex("fraction")] + "000000")[:6]
	micros, _ := strconv.Atoi(fraction)
	if zone := part[parsedByDjango.SubexpIndex("zone")]; zone != "" {
		local = fixedZone(zone)
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, micros*1000, local), true
}

// parsedByDjango is the expression of Django's parse_datetime, and the date
// alone, which Python reads since 3.7.
var parsedByDjango = regexp.MustCompile(`^(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})` +
	`(?:[T ](?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,6})\d*)?)?` +
	`\s*(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)?)?\n?$`)

// fixedZone reads Z, +02, +0200 or +02:00.
func fixedZone(text string) *time.Location {
	if text == "Z" {
		return time.UTC
	}
	digits := strings.ReplaceAll(text[1:], ":", "") + "00"
	hours, _ := strconv.Atoi(digits[:2])
	minutes, _ := strconv.Atoi(digits[2:4])
	seconds := hours*3600 + minutes*60
	if text[0] == '-' {
		seconds = -seconds
	}
	return time.FixedZone("", seconds)
}
