package interop

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/filestore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// fromSeries32 runs a test with the Djangos of the matrix from 3.2 on.
func fromSeries32(t *testing.T, test func(t *testing.T, dj *testenv.Django)) {
	for _, series := range []string{"3.2", "4.2", "5.2", "6.1"} {
		t.Run("django"+series, func(t *testing.T) { test(t, testenv.GetDjango(t, series)) })
	}
}

// TestFilesBothWays shares a folder with Django's file backend.
func TestFilesBothWays(t *testing.T) {
	now := time.Date(2026, 11, 23, 20, 17, 27, 123456000, time.UTC)
	fromSeries32(t, func(t *testing.T, dj *testenv.Django) {
		dir := t.TempDir()
		dj = dj.With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": true, "SESSION_ENGINE": testenv.EngineFile, "SESSION_FILE_PATH": dir})
		codec := djsession.NewCodec(secret, nil)
		at := func(now time.Time) *filestore.Store {
			return filestore.New(dir, codec, &filestore.Options{Now: func() time.Time { return now }})
		}
		tradeSessions(t, dj.At(now), at(now), now)

		t.Run("expiry", func(t *testing.T) { filesExpire(t, dj, at, now) })
		t.Run("clearing", func(t *testing.T) { filesAreCleared(t, dj, at, dir, now) })
		t.Run("Django deletes during a save", func(t *testing.T) {
			key := dj.At(now).Create(t, "", `{"a": 1}`, "")
			err := at(now).Modify(t.Context(), key, func(*djsession.Record) error {
				dj.At(now).Delete(t, key)
				return nil
			})
			if !errors.Is(err, djsession.ErrNotFound) || dj.Exists(t, key) {
				t.Errorf("got error %v", err)
			}
		})
		t.Run("Django saves during a save", func(t *testing.T) {
			key := dj.At(now).Create(t, "", `{"a": 1}`, "")
			calls := 0
			err := at(now).Modify(t.Context(), key, func(rec *djsession.Record) error {
				if calls++; calls == 1 {
					dj.At(now).Update(t, key, `{"django": 1}`, "")
				}
				rec.Data.Set("go", 1)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"a", "django", "go"} {
				wantValue(t, dj.At(now), key, name, "1")
			}
		})
		if left, err := filepath.Glob(filepath.Join(dir, "*_out_*")); err != nil || len(left) > 0 {
			t.Errorf("%d temporary files are left (%v)", len(left), err)
		}
	})
}

// filesExpire has both sides agree when a session is over, to the microsecond,
// whoever wrote it.
func filesExpire(t *testing.T, dj *testenv.Django, at func(time.Time) *filestore.Store, now time.Time) {
	end := now.Add(10 * time.Minute)
	instant := `datetime.datetime(2026, 11, 23, 20, 27, 27, 123456, datetime.timezone.utc)`
	for _, row := range []struct {
		reason  string
		expiry  testenv.Py
		goes    djsession.Expiry
		end     time.Time
		differs bool // Django never lets go of it
	}{
		{"by default", "", djsession.ExpireDefault, now.Add(djsession.DefaultAge), false},
		{"at an instant", testenv.Py(instant), djsession.ExpireAt(end), end, false},
		{"after some seconds", "600", djsession.ExpireAfter(10 * time.Minute), end, true},
		{"on close", "0", djsession.ExpireOnClose, now.Add(djsession.DefaultAge), false},
	} {
		if row.reason == "at an instant" && !dj.AtLeast(4, 1) {
			continue // JSON cannot hold what it would store
		}
		write := map[string]func() string{
			"Django": func() string { return dj.At(now).Create(t, "", `{"a": 1}`, row.expiry) },
			"Go": func() string {
				rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: row.end}
				rec.Data.Set("a", 1)
				rec.Data.SetExpiry(row.goes, nil)
				if err := at(now).Create(t.Context(), rec); err != nil {
					t.Fatal(err)
				}
				return rec.Key
			},
		}
		for writer, create := range write {
			for _, before := range []time.Duration{time.Second, time.Second - time.Microsecond, time.Microsecond, 0, -time.Second} {
				key := create() // anew, because Django deletes what it finds expired
				when := row.end.Add(-before)
				_, err := at(when).Load(t.Context(), key)
				_, django := dj.At(when).Load(t, key)
				alive := err == nil
				if alive != (before >= time.Second) || err != nil && !errors.Is(err, djsession.ErrNotFound) {
					t.Errorf("%s, by %s, %v before its end: Go: %v", row.reason, writer, before, err)
				}
				if (alive != django) != (row.differs && !alive) {
					t.Errorf("%s, by %s, %v before its end: alive to Go %v, to Django %v", row.reason, writer, before, alive, django)
				}
			}
		}
	}
}

// filesAreCleared has each side clear what the other wrote, and nothing that is
// alive.
func filesAreCleared(t *testing.T, dj *testenv.Django, at func(time.Time) *filestore.Store, dir string, now time.Time) {
	old := now.Add(-15 * 24 * time.Hour)
	create := func(when time.Time) (keys []string) {
		rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: when.Add(djsession.DefaultAge)}
		if err := at(when).Create(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
		return []string{rec.Key, dj.At(when).Create(t, "", `{"a": 1}`, "")}
	}
	for clearer, clear := range map[string]func(){
		"Go": func() {
			if n, err := at(now).ClearExpired(t.Context(), nil); err != nil || n != 2 {
				t.Errorf("Go cleared %d (%v)", n, err)
			}
		},
		"Django": func() { dj.At(now).ClearExpired(t) },
	} {
		gone, live := create(old), create(now)
		clear()
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, entry := range entries {
			names = append(names, strings.TrimPrefix(entry.Name(), "sessionid"))
		}
		for _, key := range gone {
			if slices.Contains(names, key) {
				t.Errorf("%s left an expired session", clearer)
			}
		}
		for _, key := range live {
			if !slices.Contains(names, key) {
				t.Errorf("%s cleared a live session", clearer)
			}
		}
	}
}
