package storetest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// rekeying calls djsession.Rekey, so that a store that is not a
// djsession.Rekeyer is checked too, with the steps that a Manager takes for it.
var rekeying = []rule{
	{"Rekey/moves", "the session is under its new key as it was given, and no longer under the old one", func(t *test) {
		old, other := t.create(time.Hour, "a", 1), t.create(time.Hour, "b", 2)
		rec := &djsession.Record{Key: djsession.NewKey(), Data: data("a", 1, "c", 3), Expires: old.Expires.Add(time.Hour)}
		t.wantError("Rekey", djsession.Rekey(t.ctx, t.store, old.Key, rec), nil)
		got := t.load(rec.Key)
		t.wantData(got.Data, `{"a":1,"c":3}`)
		t.wantExpiry(got, rec.Expires)
		t.wantAbsent(old.Key)
		t.wantError("Update under the old key", t.store.Update(t.ctx, old), djsession.ErrNotFound)
		t.load(other.Key)
	}},
	{"Rekey/gone", "a session that was deleted does not come back under another key", func(t *test) {
		old := t.create(time.Hour, "a", 1)
		t.wantError("Delete", t.store.Delete(t.ctx, old.Key), nil)
		rec := &djsession.Record{Key: djsession.NewKey(), Data: old.Data, Expires: old.Expires}
		t.wantError("Rekey", djsession.Rekey(t.ctx, t.store, old.Key, rec), djsession.ErrNotFound)
		t.wantAbsent(rec.Key)
		t.wantAbsent(old.Key)
	}},
	{"Rekey/taken", "a new key that is taken is ErrKeyExists, and both sessions stay", func(t *test) {
		old, other := t.create(time.Hour, "a", 1), t.create(time.Hour, "b", 2)
		rec := &djsession.Record{Key: other.Key, Data: old.Data, Expires: old.Expires}
		t.wantError("Rekey", djsession.Rekey(t.ctx, t.store, old.Key, rec), djsession.ErrKeyExists)
		t.wantData(t.load(old.Key).Data, `{"a":1}`)
		t.wantData(t.load(other.Key).Data, `{"b":2}`)
	}},
	{"Rekey/not encodable", "a value that cannot be written is an error, and the session stays where it is", func(t *test) {
		old := t.create(time.Hour, "a", 1)
		rec := &djsession.Record{Key: djsession.NewKey(), Data: data("a", func() {}), Expires: old.Expires}
		err := djsession.Rekey(t.ctx, t.store, old.Key, rec)
		if err == nil || errors.Is(err, djsession.ErrNotFound) || errors.Is(err, djsession.ErrUnavailable) {
			t.Errorf("Rekey: got error %v, want one of the value", err)
		}
		t.wantData(t.load(old.Key).Data, `{"a":1}`)
		t.wantAbsent(rec.Key)
	}},
	{"Rekey/cancelled", "a cancelled context is an error, and the session stays where it is", func(t *test) {
		old := t.create(time.Hour, "a", 1)
		ctx, cancel := context.WithCancel(t.ctx)
		cancel()
		rec := &djsession.Record{Key: djsession.NewKey(), Data: old.Data, Expires: old.Expires}
		t.wantError("Rekey", djsession.Rekey(ctx, t.store, old.Key, rec), djsession.ErrUnavailable)
		t.wantData(t.load(old.Key).Data, `{"a":1}`)
		t.wantAbsent(rec.Key)
	}},
}

// rekeyingAtOnce is for stores in which a Rekey can be one step.
var rekeyingAtOnce = []rule{
	{"Rekey/concurrent", "of those who move one session at once, one succeeds, and the others leave nothing", func(t *test) {
		old := t.create(time.Hour, "a", 1)
		t.rekeyTogether(old, 16, -1, 1)
	}},
	{"Rekey/logout", "whoever moves a session that is being deleted does it before that, or leaves nothing", func(t *test) {
		for range 8 {
			t.rekeyTogether(t.create(time.Hour, "a", 1), 8, 4, -1)
		}
	}},
}

// rekeyTogether moves a session n times at once, and deletes it once instead if
// deletes is not negative. It wants so many to succeed; -1 is one or none.
func (t *test) rekeyTogether(old *djsession.Record, n, deletes, want int) {
	t.Helper()
	keys := make([]string, n)
	for i := range keys {
		keys[i] = djsession.NewKey()
	}
	errs := together(n, func(i int) error {
		if i == deletes {
			return t.store.Delete(t.ctx, old.Key)
		}
		return djsession.Rekey(t.ctx, t.store, old.Key, &djsession.Record{Key: keys[i], Data: data("i", i), Expires: old.Expires})
	})
	if deletes >= 0 {
		t.wantError("Delete", errs[deletes], nil)
		errs, keys = slices.Delete(errs, deletes, deletes+1), slices.Delete(keys, deletes, deletes+1)
	}
	won := 0
	for i, err := range errs {
		if err == nil {
			won++
			t.load(keys[i])
			continue
		}
		t.wantError("Rekey", err, djsession.ErrNotFound)
		t.wantAbsent(keys[i])
	}
	if won != want && (want >= 0 || won > 1) {
		t.Errorf("%d of %d moved it, want %d", won, n, want)
	}
	t.wantAbsent(old.Key)
}
