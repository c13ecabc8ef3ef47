package djsite

import (
	"errors"
	"time"
)

// loadZone finds a zone by the name that TIME_ZONE has. Go's own names for
// other things are none.
func loadZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, errors.New("no zone is called so")
	}
	return time.LoadLocation(name)
}
