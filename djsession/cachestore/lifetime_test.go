package cachestore_test

import (
	"errors"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
)

// TestFarEnds has sessions end further away than a time.Duration reaches, some
// 292 years.
func TestFarEnds(t *testing.T) {
	for _, row := range []struct {
		reason  string
		expires time.Time
		lives   bool
	}{
		{"in a thousand years it lives", time.Date(3026, 1, 1, 0, 0, 0, 0, time.UTC), true},
		{"a thousand years ago it ended", time.Date(1026, 1, 1, 0, 0, 0, 0, time.UTC), false},
	} {
		store := cachestore.New(newMemory(still), &cachestore.Options{Now: still})
		rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: row.expires}
		if err := store.Create(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Load(t.Context(), rec.Key); row.lives && err != nil || !row.lives && !errors.Is(err, djsession.ErrNotFound) {
			t.Errorf("%s: got %v", row.reason, err)
		}
	}
}
