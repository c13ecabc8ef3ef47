package interop

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// TestClockChanges: without USE_TZ a session lives as long as it says also
// where the clocks are turned, and ends when Django lets it end. In SQLite and
// MySQL times are compared by the wall clock, on which 01:59 is followed by
// 01:00, or by 03:00.
func TestClockChanges(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		db := testenv.SQLite(t)
		dj = dj.On(t, db).With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": false, "TIME_ZONE": "America/New_York"})
		dj.Migrate(t)
		for _, row := range []struct {
			reason string
			now    time.Time
			age    time.Duration
			later  time.Duration // than Django, by whom an hour is lost in spring
		}{
			{"ends in the hour's second turn", time.Date(2026, 11, 1, 5, 51, 40, 250e6, time.UTC), 1000 * time.Second, 0},
			{"within the hour's first turn", time.Date(2026, 11, 1, 5, 1, 40, 250e6, time.UTC), 1000 * time.Second, 0},
			{"within its second turn", time.Date(2026, 11, 1, 6, 1, 40, 250e6, time.UTC), 1000 * time.Second, 0},
			{"ends in winter", time.Date(2026, 10, 31, 16, 0, 0, 0, time.UTC), djsession.DefaultAge, 0},
			{"ends in summer", time.Date(2026, 3, 7, 17, 0, 0, 0, time.UTC), djsession.DefaultAge, time.Hour},
			{"over already", time.Date(2026, 3, 8, 7, 0, 0, 0, time.UTC), -time.Second, 0},
			{"ends in the hour that is left out, to Django", time.Date(2026, 3, 8, 6, 51, 40, 250e6, time.UTC), 1000 * time.Second, time.Hour},
		} {
			store := storeFor(t, dj, db, newYork, func() time.Time { return row.now })
			sessions := djsession.NewManager(store, &djsession.Options{Local: newYork, Now: func() time.Time { return row.now }})
			s := sessions.New()
			s.SetExpiry(djsession.ExpireAfter(row.age))
			if err := s.Save(t.Context()); err != nil {
				t.Fatal(err)
			}
			djangos := dj.At(row.now).Create(t, "", "{}", testenv.Py(strconv.Itoa(int(row.age.Seconds()))))
			for at := row.now; at.Before(row.now.Add(row.age)); at = at.Add(row.age/20 + 1) {
				if _, err := storeFor(t, dj, db, newYork, func() time.Time { return at }).Load(t.Context(), s.Key()); err != nil {
					t.Errorf("%s: gone after %v of %v: %v", row.reason, at.Sub(row.now), row.age, err)
				}
			}
			if _, err := store.Load(t.Context(), s.Key()); row.age < 0 && !errors.Is(err, djsession.ErrNotFound) {
				t.Errorf("%s: got error %v", row.reason, err)
			}
			ours, theirs := expiresOf(t, store, s.Key()), expiresOf(t, store, djangos)
			if got := ours.Sub(theirs); got != row.later {
				t.Errorf("%s: it ends at %v, Django's at %v", row.reason, ours, theirs)
			}
		}
	})
}

func expiresOf(t *testing.T, store *dbstore.Store, key string) (expires time.Time) {
	t.Helper()
	if err := store.Modify(t.Context(), key, func(rec *djsession.Record) error {
		expires = rec.Expires
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return expires.In(newYork)
}
