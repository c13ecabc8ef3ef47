package interop

import (
	"errors"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// djangoCycles reads a session, as a slow request does, lets it be deleted, and
// gives it a new key. The result is whether that one is stored.
const djangoCycles = `
from importlib import import_module
from django.conf import settings
SessionStore = import_module(settings.SESSION_ENGINE).SessionStore
slow = SessionStore(args["key"])
slow.get("a")
SessionStore(args["key"]).flush()
slow.cycle_key()
result = bool(slow.exists(slow.session_key))
`

// TestCycleKeyOfADeletedSession: a session that Django deletes while a Go
// request runs does not come back under another key, as it does in Django.
func TestCycleKeyOfADeletedSession(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		dj.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
			dj := dj.On(t, db).With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": true})
			dj.Migrate(t)
			var back bool
			dj.Run(t, djangoCycles, map[string]any{"key": dj.Create(t, "", `{"a": 1}`, "")}, &back)
			if !back {
				t.Error("Django does not bring a deleted session back, want that it does: DIFFERENCES.md says so")
			}

			store := storeFor(t, dj, db, nil, time.Now)
			m := djsession.NewManager(store, nil)
			s, err := m.Open(t.Context(), dj.Create(t, "", `{"a": 1}`, ""))
			if err != nil {
				t.Fatal(err)
			}
			before := rows(t, store)
			dj.Delete(t, s.Key())
			if err := s.CycleKey(t.Context()); !errors.Is(err, djsession.ErrInterrupted) {
				t.Errorf("got error %v, want ErrInterrupted", err)
			}
			if got := rows(t, store); got != before-1 {
				t.Errorf("%d sessions are stored, want %d", got, before-1)
			}

			kept, err := m.Open(t.Context(), dj.Create(t, "", `{"a": 1}`, ""))
			if err != nil {
				t.Fatal(err)
			}
			old := kept.Key()
			if err := kept.CycleKey(t.Context()); err != nil || dj.Exists(t, old) {
				t.Errorf("got error %v and the old key there: %v, want neither", err, dj.Exists(t, old))
			}
			wantValue(t, dj, kept.Key(), "a", "1")
		})
	})
}

func rows(t *testing.T, store djsession.Counter) int64 {
	t.Helper()
	n, err := store.Count(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
