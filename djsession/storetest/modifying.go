package storetest

import (
	"context"
	"errors"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

var errOfChange = errors.New("the caller's own error")

var modifying = []rule{
	{"Modify/applies", "what change does is stored", func(t *test) {
		rec := t.create(time.Hour, "a", 1, "b", 2)
		expires := rec.Expires.Add(time.Hour)
		t.modify(rec.Key, nil, func(rec *djsession.Record) error {
			rec.Data.Delete("a")
			rec.Data.Set("c", 3)
			rec.Expires = expires
			return nil
		})
		got := t.load(rec.Key)
		t.wantData(got.Data, `{"b":2,"c":3}`)
		t.wantExpiry(got, expires)
	}},
	{"Modify/nothing", "a change that changes nothing is fine", func(t *test) {
		rec := t.create(time.Hour, "a", 1)
		for range 3 {
			t.modify(rec.Key, nil, func(*djsession.Record) error { return nil })
		}
		t.wantData(t.load(rec.Key).Data, `{"a":1}`)
	}},
	{"Modify/gone", "without a session, change is not called", func(t *test) {
		t.modify(djsession.NewKey(), djsession.ErrNotFound, func(*djsession.Record) error {
			t.Error("change was called")
			return nil
		})
	}},
	{"Modify/expired", "an expired session can be changed and prolonged as long as it is there", func(t *test) {
		rec := t.create(time.Minute, "a", 1)
		t.advance(time.Hour)
		expires := t.clock.Now().Add(time.Hour)
		want := error(nil)
		if t.h.DropsExpired {
			want = djsession.ErrNotFound
		}
		t.modify(rec.Key, want, func(rec *djsession.Record) error {
			rec.Data.Set("b", 2)
			rec.Expires = expires
			return nil
		})
		if !t.h.DropsExpired {
			t.wantData(t.load(rec.Key).Data, `{"a":1,"b":2}`)
		}
	}},
	{"Modify/not encodable", "a value that cannot be written is an error, and what was stored stays", func(t *test) {
		rec := t.create(time.Hour, "a", 1)
		err := t.store.(djsession.Modifier).Modify(t.ctx, rec.Key, func(rec *djsession.Record) error {
			rec.Data.Set("a", func() {})
			return nil
		})
		if err == nil || errors.Is(err, djsession.ErrNotFound) || errors.Is(err, djsession.ErrUnavailable) {
			t.Errorf("Modify: got error %v", err)
		}
		t.wantData(t.load(rec.Key).Data, `{"a":1}`)
	}},
	{"Modify/cancelled", "a cancelled context is an error, and nothing is written", func(t *test) {
		rec := t.create(time.Hour, "a", 1)
		ctx, cancel := context.WithCancel(t.ctx)
		cancel()
		t.wantError("Modify", t.store.(djsession.Modifier).Modify(ctx, rec.Key, func(rec *djsession.Record) error {
			rec.Data.Set("a", 2)
			return nil
		}), djsession.ErrUnavailable)
		t.wantData(t.load(rec.Key).Data, `{"a":1}`)
	}},
	{"Modify/error", "an error of change comes back, and nothing is stored", func(t *test) {
		rec := t.create(time.Hour, "a", 1)
		t.modify(rec.Key, errOfChange, func(rec *djsession.Record) error {
			rec.Data.Set("a", 2)
			return errOfChange
		})
		t.wantData(t.load(rec.Key).Data, `{"a":1}`)
	}},
	{"Modify/concurrent", "nothing is lost when many change one session at once", func(t *test) {
		rec := t.create(time.Hour, "n", 0)
		const workers, rounds = 8, 10
		for _, err := range together(workers, func(int) error {
			for range rounds {
				err := t.store.(djsession.Modifier).Modify(t.ctx, rec.Key, func(rec *djsession.Record) error {
					n, _, err := djsession.Get[int](rec.Data, "n")
					rec.Data.Set("n", n+1)
					return err
				})
				if err != nil {
					return err
				}
			}
			return nil
		}) {
			t.wantError("Modify", err, nil)
		}
		// One more change sees what is stored, which a cache before it may have
		// missed when two changes overtook each other; and mends that.
		stored := 0
		t.modify(rec.Key, nil, func(rec *djsession.Record) (err error) {
			stored, _, err = djsession.Get[int](rec.Data, "n")
			return err
		})
		loaded, _, _ := djsession.Get[int](t.load(rec.Key).Data, "n")
		if stored != workers*rounds || loaded != stored {
			t.Errorf("%d changes were made, %d are there, %d are loaded", workers*rounds, stored, loaded)
		}
	}},
	{"Modify/logout", "a modification never brings a deleted session back", func(t *test) {
		rec := t.create(time.Hour, "a", 1)
		t.modify(rec.Key, djsession.ErrNotFound, func(rec *djsession.Record) error {
			rec.Data.Set("a", 2)
			return t.store.Delete(t.ctx, rec.Key)
		})
		t.wantAbsent(rec.Key)
	}},
}

func (t *test) modify(key string, want error, change func(rec *djsession.Record) error) {
	t.Helper()
	t.wantError("Modify", t.store.(djsession.Modifier).Modify(t.ctx, key, change), want)
}
