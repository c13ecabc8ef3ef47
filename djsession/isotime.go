package djsession

import "time"

// The layouts of Python's datetime.isoformat: microseconds are written only if
// there are any, UTC is +00:00 and never Z.
const (
	isoNaive         = "2006-01-02T15:04:05"
	isoNaiveFraction = "2006-01-02T15:04:05.000000"
	isoOffset        = "-07:00"
)

// formatISO writes t as Django does: with an offset, or naive in local.
func formatISO(t time.Time, local *time.Location) string {
	t = t.Truncate(time.Microsecond)
	layout := isoNaive
	if t.Nanosecond() != 0 {
		layout = isoNaiveFraction
	}
	if local != nil {
		return t.In(local).Format(layout)
	}
	return t.UTC().Format(layout + isoOffset)
}

// parseISO reads what datetime.fromisoformat reads of what any Django wrote; a
// naive time is local.
func parseISO(s string, local *time.Location) (time.Time, error) {
	// Go takes a fraction after the seconds whether or not the layout has one.
	for _, layout := range []string{isoNaive + isoOffset, isoNaive, "2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05" + isoOffset, "2006-01-02 15:04:05"} {
		if t, err := time.ParseInLocation(layout, s, orUTC(local)); err == nil {
			return t, nil
		}
	}
	return time.Time{}, ErrBadExpiry
}

func orUTC(loc *time.Location) *time.Location {
	if loc == nil {
		return time.UTC
	}
	return loc
}
