package tokens

import (
	"strconv"
	"time"
)

const (
	second       = time.Second
	day          = 24 * time.Hour
	secondsOfDay = 24 * 60 * 60
)

// epoch is 2001-01-01, from where times are counted.
var epoch = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC).Unix()

// wallClock returns the seconds from the beginning of 2001 to now as a clock on
// the wall shows both. Where it is put back, an hour is counted twice.
// Django: PasswordResetTokenGenerator._now and _num_seconds.
func wallClock(now time.Time, zone *time.Location) int64 {
	_, offset := now.In(zone).Zone()
	return now.Unix() + int64(offset) - epoch
}

func floorDiv(a, b int64) int64 {
	if a < 0 {
		return -((-a + b - 1) / b)
	}
	return a / b
}

// maxBase36 is how many digits Django reads.
const maxBase36 = 13

func formatBase36(n int64) string { return strconv.FormatInt(n, 36) }

// parseBase36 reads what formatBase36 writes. Django reads other spellings of a
// number too, and refuses the token all the same: its own is another text.
func parseBase36(text string) (n int64, ok bool) {
	if len(text) > maxBase36 {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 36, 64)
	return n, err == nil && n >= 0 && formatBase36(n) == text
}
