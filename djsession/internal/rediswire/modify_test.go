package rediswire

import (
	"errors"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// TestModifyGivesUp has every swap lost, as on a server that answers wrongly.
func TestModifyGivesUp(t *testing.T) {
	swaps := 0
	err := Format{}.Modify(
		func(value []byte, ttl time.Duration) ([]byte, time.Duration, error) { return value, ttl, nil },
		func() (Found, error) { return Found{}, nil },
		func(_, _ []byte, _ time.Duration) (bool, error) { swaps++; return false, nil })
	if !errors.Is(err, djsession.ErrUnavailable) || swaps != maxRaces {
		t.Errorf("after %d swaps: got error %v, want ErrUnavailable after %d", swaps, err, maxRaces)
	}
}
