package storetest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

var saving = []rule{
	{"Create/taken", "a key in use is ErrKeyExists, and its session stays as it is", func(t *test) {
		rec := t.create(time.Hour, "owner", "first")
		second := &djsession.Record{Key: rec.Key, Data: data("owner", "second"), Expires: rec.Expires.Add(time.Hour)}
		t.wantError("Create", t.store.Create(t.ctx, second), djsession.ErrKeyExists)
		t.wantData(t.load(rec.Key).Data, `{"owner":"first"}`)
	}},
	{"Create/taken by an expired session", "an expired session still has its key, unless the store forgets it", func(t *test) {
		rec := t.create(time.Minute, "owner", "first")
		t.advance(time.Hour)
		err := t.store.Create(t.ctx, &djsession.Record{Key: rec.Key, Data: data(), Expires: t.clock.Now().Add(time.Hour)})
		if t.h.DropsExpired {
			t.wantError("Create", err, nil)
			return
		}
		t.wantError("Create", err, djsession.ErrKeyExists)
	}},
	{"Update/replaces", "an update replaces data and expiry, and names that are gone are gone", func(t *test) {
		rec := t.create(time.Hour, "a", 1, "b", 2)
		rec.Data = data("b", 3)
		rec.Expires = rec.Expires.Add(time.Hour)
		t.wantError("Update", t.store.Update(t.ctx, rec), nil)
		got := t.load(rec.Key)
		t.wantData(got.Data, `{"b":3}`)
		t.wantExpiry(got, rec.Expires)
	}},
	{"Update/same again", "an update that changes nothing is no missing session", func(t *test) {
		rec := t.create(time.Hour, "a", 1)
		for range 3 {
			t.wantError("Update", t.store.Update(t.ctx, rec), nil)
		}
	}},
	{"Update/gone", "an update of a session that is gone is ErrNotFound and brings nothing back", func(t *test) {
		rec := t.create(time.Hour, "a", 1)
		t.wantError("Delete", t.store.Delete(t.ctx, rec.Key), nil)
		t.wantError("Update", t.store.Update(t.ctx, rec), djsession.ErrNotFound)
		t.wantAbsent(rec.Key)
	}},
	{"Update/unknown", "an update of a key that never was is ErrNotFound", func(t *test) {
		rec := &djsession.Record{Key: djsession.NewKey(), Data: data(), Expires: t.clock.Now().Add(time.Hour)}
		t.wantError("Update", t.store.Update(t.ctx, rec), djsession.ErrNotFound)
	}},
	{"Update/expired", "an expired session can be saved again as long as it is there", func(t *test) {
		rec := t.create(time.Minute, "a", 1)
		t.advance(time.Hour)
		rec.Expires = t.clock.Now().Add(time.Hour)
		err := t.store.Update(t.ctx, rec)
		if t.h.DropsExpired {
			t.wantError("Update", err, djsession.ErrNotFound)
			return
		}
		t.wantError("Update", err, nil)
		t.load(rec.Key)
	}},
	{"Update/not encodable", "a value that cannot be written is an error, and what was stored stays", func(t *test) {
		rec := t.create(time.Hour, "a", 1)
		err := t.store.Update(t.ctx, &djsession.Record{Key: rec.Key, Data: data("a", func() {}), Expires: rec.Expires})
		if err == nil || errors.Is(err, djsession.ErrNotFound) || errors.Is(err, djsession.ErrUnavailable) {
			t.Errorf("Update: got error %v", err)
		}
		t.wantData(t.load(rec.Key).Data, `{"a":1}`)
	}},
	{"Saving/cancelled", "a cancelled context is an error of every call that writes, and nothing is written", func(t *test) {
		rec := t.create(time.Hour, "a", 1)
		ctx, cancel := context.WithCancel(t.ctx)
		cancel()
		other := &djsession.Record{Key: djsession.NewKey(), Data: data("b", 1), Expires: rec.Expires}
		t.wantError("Create", t.store.Create(ctx, other), djsession.ErrUnavailable)
		t.wantError("Update", t.store.Update(ctx, &djsession.Record{Key: rec.Key, Data: data("a", 2), Expires: rec.Expires}), djsession.ErrUnavailable)
		t.wantError("Delete", t.store.Delete(ctx, rec.Key), djsession.ErrUnavailable)
		t.wantAbsent(other.Key)
		t.wantData(t.load(rec.Key).Data, `{"a":1}`)
	}},
	{"Delete", "a deleted session is gone, others stay, and deleting again is no error", func(t *test) {
		rec, other := t.create(time.Hour, "a", 1), t.create(time.Hour, "b", 2)
		for range 2 {
			t.wantError("Delete", t.store.Delete(t.ctx, rec.Key), nil)
			t.wantAbsent(rec.Key)
		}
		t.load(other.Key)
	}},
}

var expiring = []rule{
	{"Expiry/exact", "a session lives while its expiry is later than now, and not at that very moment", func(t *test) {
		rec := t.create(10*time.Minute, "a", 1)
		t.advance(10*time.Minute - time.Second)
		t.load(rec.Key)
		t.advance(time.Second)
		t.wantAbsent(rec.Key)
	}},
	{"Expiry/past", "a session stored with an expiry in the past is not there", func(t *test) {
		rec := &djsession.Record{Key: djsession.NewKey(), Data: data("a", 1), Expires: t.clock.Now().Add(-time.Hour)}
		if err := t.store.Create(t.ctx, rec); err != nil {
			t.Fatalf("Create: %v", err)
		}
		t.wantAbsent(rec.Key)
	}},
}

var concurrent = []rule{
	{"Concurrent/create", "of those who create the same key, one succeeds", func(t *test) {
		key := djsession.NewKey()
		won := 0
		for _, err := range together(16, func(i int) error {
			return t.store.Create(t.ctx, &djsession.Record{Key: key, Data: data("i", i), Expires: t.clock.Now().Add(time.Hour)})
		}) {
			if err == nil {
				won++
			} else if !errors.Is(err, djsession.ErrKeyExists) {
				t.Errorf("Create: %v", err)
			}
		}
		if won != 1 {
			t.Errorf("%d of 16 created it", won)
		}
	}},
	{"Concurrent/logout", "after a delete no update that was under way brings the session back", func(t *test) {
		rec := t.create(time.Hour, "a", 1)
		for _, err := range together(16, func(i int) error {
			if i == 8 {
				return t.store.Delete(t.ctx, rec.Key)
			}
			return t.store.Update(t.ctx, &djsession.Record{Key: rec.Key, Data: data("i", i), Expires: rec.Expires})
		}) {
			if err != nil && !errors.Is(err, djsession.ErrNotFound) {
				t.Errorf("got error %v", err)
			}
		}
		t.wantAbsent(rec.Key)
	}},
}

// together calls f n times at once and returns the errors.
func together(n int, f func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			<-start
			errs[i] = f(i)
		}()
	}
	close(start)
	wg.Wait()
	return errs
}
