package storetest

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"testing"
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
		if t.h.Forgets {
			want = djsession.ErrNotFound
		}
		t.modify(rec.Key, want, func(rec *djsession.Record) error {
			rec.Data.Set("b", 2)
			rec.Expires = expires
			return nil
		})
		if !t.h.Forgets {
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
					n, _, err := djsession.Value[int](rec.Data, "n")
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
		// One more change sees what is stored, which a cache before it may have missed when two changes overtook each other; and mends that.
		stored := 0
		t.modify(rec.Key, nil, func(rec *djsession.Record) (err error) {
			stored, _, err = djsession.Value[int](rec.Data, "n")
			return err
		})
		loaded, _, _ := djsession.Value[int](t.load(rec.Key).Data, "n")
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

var clearing = []rule{
	{"ClearExpired/only expired", "sessions whose expiry lies before now go, and no others", func(t *test) {
		gone, atNow, live := t.create(time.Minute, "a", 1), t.create(time.Hour, "a", 1), t.create(2*time.Hour, "a", 1)
		t.advance(time.Hour)
		if n := t.clear(nil); n != 1 && !t.h.Forgets {
			t.Errorf("%d sessions went, want 1", n)
		}
		t.advance(-time.Hour)
		t.wantAbsent(gone.Key)
		if !t.h.Forgets {
			t.load(atNow.Key)
		}
		t.load(live.Key)
	}},
	{"ClearExpired/batches", "batches add up, and Max is not exceeded", func(t *test) {
		for range 7 {
			t.create(time.Minute, "a", 1)
		}
		t.advance(time.Hour)
		if n := t.clear(&djsession.ClearOptions{BatchSize: 2, Max: 5}); n != 5 {
			t.Errorf("%d sessions went, want 5", n)
		}
		var progress []int64
		n := t.clear(&djsession.ClearOptions{BatchSize: 1, Progress: func(n int64) { progress = append(progress, n) }})
		if n != 2 || len(progress) == 0 || progress[len(progress)-1] != 2 {
			t.Errorf("%d sessions went, want 2; progress %v", n, progress)
		}
	}},
	{"ClearExpired/cancelled", "it stops when the context ends", func(t *test) {
		t.create(time.Minute, "a", 1)
		t.advance(time.Hour)
		ctx, cancel := context.WithCancel(t.ctx)
		cancel()
		if _, err := t.store.(djsession.ExpiredClearer).ClearExpired(ctx, nil); err == nil {
			t.Error("no error")
		}
	}},
}

func (t *test) clear(opts *djsession.ClearOptions) int64 {
	t.Helper()
	n, err := t.store.(djsession.ExpiredClearer).ClearExpired(t.ctx, opts)
	if err != nil {
		t.Fatalf("ClearExpired: %v", err)
	}
	return n
}

var listing = []rule{
	{"List/orders", "each order lists everything, in that order, over any page size", func(t *test) {
		var all []*djsession.Record
		for i := range 7 {
			all = append(all, t.create(time.Duration(i/2+1)*time.Hour, "i", i)) // some expire together
		}
		for _, order := range []djsession.Order{djsession.ByKey, djsession.ByExpiry, djsession.ByExpiryDescending} {
			want := keys(sorted(all, order))
			for _, page := range []int{1, 2, 3, 100} {
				if got := t.list(&djsession.ListOptions{Order: order, PageSize: page}); !slices.Equal(got, want) {
					t.Errorf("order %d in pages of %d is wrong", order, page)
				}
				if got := t.list(&djsession.ListOptions{Order: order, PageSize: page, Limit: 5}); !slices.Equal(got, want[:5]) {
					t.Errorf("order %d in pages of %d, limited to 5, is wrong", order, page)
				}
			}
			after := sorted(all, order)[3]
			if got := t.list(&djsession.ListOptions{Order: order, After: after}); !slices.Equal(got, want[4:]) {
				t.Errorf("order %d does not go on where it was left", order)
			}
		}
	}},
	{"List/filters", "state and times select by expiry", func(t *test) {
		a, b, c := t.create(time.Hour), t.create(2*time.Hour), t.create(3*time.Hour)
		start := t.clock.Now()
		for _, row := range []struct {
			reason string
			opts   djsession.ListOptions
			want   []*djsession.Record
		}{
			{"from is included", djsession.ListOptions{From: start.Add(2 * time.Hour)}, []*djsession.Record{b, c}},
			{"to is not", djsession.ListOptions{To: start.Add(2 * time.Hour)}, []*djsession.Record{a}},
			{"both", djsession.ListOptions{From: start.Add(2 * time.Hour), To: start.Add(3 * time.Hour)}, []*djsession.Record{b}},
		} {
			row.opts.Order = djsession.ByExpiry
			if got := t.list(&row.opts); !slices.Equal(got, keys(row.want)) {
				t.Errorf("%s: %d sessions, want %d", row.reason, len(got), len(row.want))
			}
		}
		if t.h.Forgets {
			return
		}
		t.advance(2 * time.Hour)
		if got := t.list(&djsession.ListOptions{State: djsession.Live}); !slices.Equal(got, keys([]*djsession.Record{c})) {
			t.Errorf("%d sessions live, want 1", len(got))
		}
		if got := t.list(&djsession.ListOptions{State: djsession.Expired, Order: djsession.ByExpiry}); !slices.Equal(got, keys([]*djsession.Record{a, b})) {
			t.Errorf("%d sessions have expired, want 2", len(got))
		}
	}},
	{"List/stops", "whoever has seen enough may stop", func(t *test) {
		for range 5 {
			t.create(time.Hour)
		}
		for range t.store.(djsession.Lister).List(t.ctx, &djsession.ListOptions{PageSize: 2}) {
			break
		}
	}},
}

func (t *test) list(opts *djsession.ListOptions) []string {
	t.Helper()
	var recs []*djsession.Record
	for rec, err := range t.store.(djsession.Lister).List(t.ctx, opts) {
		if err != nil {
			t.Fatalf("List: %v", err)
		}
		recs = append(recs, rec)
	}
	return keys(recs)
}

func keys(recs []*djsession.Record) []string {
	var keys []string
	for _, rec := range recs {
		keys = append(keys, rec.Key)
	}
	return keys
}

func sorted(recs []*djsession.Record, order djsession.Order) []*djsession.Record {
	recs = slices.Clone(recs)
	slices.SortFunc(recs, func(a, b *djsession.Record) int {
		c := a.Expires.Compare(b.Expires)
		if order == djsession.ByKey || c == 0 {
			c = cmp.Compare(a.Key, b.Key)
		}
		if order == djsession.ByExpiryDescending {
			return -c
		}
		return c
	})
	return recs
}

// Benchmark measures what a request costs in the store: a load, and a load with an update, of a usual login.
func Benchmark(b *testing.B, h Harness) {
	store := h.New(b, time.Now)
	ctx := b.Context()
	rec := &djsession.Record{Key: djsession.NewKey(), Expires: time.Now().Add(time.Hour), Data: data(
		"_auth_user_id", "42",
		"_auth_user_backend", "django.contrib.auth.backends.ModelBackend",
		"_auth_user_hash", "f65d501fd749a51c82084c7944dd33909e19b3f5f65d501fd749a51c82084c79")}
	if err := store.Create(ctx, rec); err != nil {
		b.Fatal(err)
	}
	b.Run("Load", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := store.Load(ctx, rec.Key); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("LoadUpdate", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			got, err := store.Load(ctx, rec.Key)
			if err != nil {
				b.Fatal(err)
			}
			got.Data.Set("seen", 1)
			if err := store.Update(ctx, got); err != nil {
				b.Fatal(err)
			}
		}
	})
}
