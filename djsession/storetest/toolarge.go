package storetest

import (
	"crypto/rand"
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// sizeLimit is more than a small session takes in any form, and less than a
// compressed large one.
const sizeLimit = 1000

// limited makes the case's store one with a limit, in which there is a session
// that is larger. Whole is a store that can read it.
func (t *test) limited() (whole djsession.Store, large *djsession.Record) {
	t.Helper()
	whole, t.store = t.h.Limited(t, t.clock.Now, sizeLimit)
	large = &djsession.Record{Key: djsession.NewKey(), Data: tooMuch(), Expires: t.clock.Now().Add(time.Hour)}
	if err := whole.Create(t.ctx, large); err != nil {
		t.Fatalf("Create: %v", err)
	}
	return whole, large
}

// tooMuch does not become small by compression.
func tooMuch() *djsession.Data {
	var text strings.Builder
	for range 200 {
		text.WriteString(rand.Text())
	}
	return data("large", text.String())
}

func (t *test) wantStill(whole djsession.Store, large *djsession.Record) {
	t.Helper()
	got, err := whole.Load(t.ctx, large.Key)
	if err != nil {
		t.Fatalf("Load of the large session without a limit: got error %v, want it as it was", err)
	}
	if jsonOf(got.Data) != jsonOf(large.Data) {
		t.Errorf("the large session was changed")
	}
}

var tooLarge = []rule{
	{"TooLarge/load", "a session that is too large is there, and neither corrupt nor absent", func(t *test) {
		whole, large := t.limited()
		for range 2 { // a cache may know more by then
			_, err := t.store.Load(t.ctx, large.Key)
			t.wantError("Load", err, djsession.ErrTooLarge)
			t.wantNot("Load", err, djsession.ErrCorrupt, djsession.ErrNotFound, djsession.ErrUnavailable)
		}
		found, err := djsession.NewManager(t.store, nil).Exists(t.ctx, large.Key)
		if !found || err != nil {
			t.Errorf("Exists: got %v, %v; want true", found, err)
		}
		t.wantStill(whole, large)
	}},
	{"TooLarge/change", "a session that is too large to be read is not changed", func(t *test) {
		whole, large := t.limited()
		if m, ok := t.store.(djsession.Modifier); ok {
			t.wantError("Modify", m.Modify(t.ctx, large.Key, func(rec *djsession.Record) error {
				t.Error("change was called")
				return nil
			}), djsession.ErrTooLarge)
		}
		_, err := djsession.NewManager(t.store, nil).Open(t.ctx, large.Key)
		t.wantError("Open", err, djsession.ErrTooLarge)
		t.wantError("Create with its key", t.store.Create(t.ctx, &djsession.Record{
			Key: large.Key, Data: data("a", 1), Expires: large.Expires,
		}), djsession.ErrKeyExists)
		t.wantStill(whole, large)
	}},
	{"TooLarge/save", "a session that became too large is not saved, and what was stored stays", func(t *test) {
		t.limited()
		rec := t.create(time.Hour, "a", 1)
		big := func(key string) *djsession.Record {
			return &djsession.Record{Key: key, Data: tooMuch(), Expires: rec.Expires}
		}
		other := djsession.NewKey()
		t.wantError("Create", t.store.Create(t.ctx, big(other)), djsession.ErrTooLarge)
		t.wantError("Update", t.store.Update(t.ctx, big(rec.Key)), djsession.ErrTooLarge)
		t.wantError("Rekey", djsession.Rekey(t.ctx, t.store, rec.Key, big(other)), djsession.ErrTooLarge)
		if m, ok := t.store.(djsession.Modifier); ok {
			t.wantError("Modify", m.Modify(t.ctx, rec.Key, func(rec *djsession.Record) error {
				rec.Data = tooMuch()
				return nil
			}), djsession.ErrTooLarge)
		}
		t.wantAbsent(other)
		t.wantData(t.load(rec.Key).Data, `{"a":1}`)
	}},
	{"TooLarge/delete", "a session that is too large can be ended", func(t *test) {
		_, large := t.limited()
		t.wantError("Delete", t.store.Delete(t.ctx, large.Key), nil)
		t.wantAbsent(large.Key)
	}},
	{"TooLarge/list", "a list names a session that is too large, and goes on", func(t *test) {
		whole, large := t.limited()
		lister, ok := t.store.(djsession.Lister)
		if !ok {
			t.Skip("the store lists nothing")
		}
		seen := map[string]error{}
		small := t.create(time.Hour, "a", 1)
		after := t.create(2*time.Hour, "b", 1)
		for rec, err := range lister.List(t.ctx, &djsession.ListOptions{Order: djsession.OrderByExpiry}) {
			if rec == nil {
				t.Fatalf("List: %v", err)
			}
			seen[rec.Key] = err
		}
		t.wantError("the large session", seen[large.Key], djsession.ErrTooLarge)
		for _, rec := range []*djsession.Record{small, after} {
			if err, ok := seen[rec.Key]; !ok || err != nil {
				t.Errorf("a small session: listed %v, error %v", ok, err)
			}
		}
		t.wantStill(whole, large)
	}},
}
