package storetest

import (
	"errors"
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

var existing = []rule{
	{"Exists/agrees with Open", "Manager.Exists finds what Manager.Open opens, and nothing else", func(t *test) {
		m := djsession.NewManager(t.store, &djsession.Options{Now: t.clock.Now})
		live := t.create(time.Hour, "a", 1)
		keys := map[string]string{
			"live":              live.Key,
			"unknown":           djsession.NewKey(),
			"empty":             "",
			"forged":            strings.Repeat("e30", 10),
			"forged and signed": "e30:1r31eq:" + strings.Repeat("x", 43),
			"changed":           changed(live.Key),
			"not a key":         "' OR 1=1 --",
		}
		if !t.h.Stateless {
			deleted, expired := t.create(time.Hour, "a", 1), t.create(-time.Hour, "a", 1)
			t.wantError("Delete", t.store.Delete(t.ctx, deleted.Key), nil)
			keys["deleted"], keys["expired"] = deleted.Key, expired.Key
		}
		for reason, key := range keys {
			_, openErr := m.Open(t.ctx, key)
			exists, err := m.Exists(t.ctx, key)
			switch {
			case err != nil:
				t.Errorf("Exists of a key that is %s: %v", reason, err)
			case openErr != nil && !errors.Is(openErr, djsession.ErrNotFound) && !errors.Is(openErr, djsession.ErrInvalidKey):
				t.Errorf("Open of a key that is %s: %v", reason, openErr)
			case exists != (openErr == nil):
				t.Errorf("a key that is %s: Exists says %v, Open %v", reason, exists, openErr)
			case exists != (reason == "live"):
				t.Errorf("a key that is %s: got %v, want %v", reason, exists, !exists)
			}
		}
	}},
}

// changed returns a key that differs from key in its first character.
func changed(key string) string {
	if key[0] == 'x' {
		return "y" + key[1:]
	}
	return "x" + key[1:]
}
