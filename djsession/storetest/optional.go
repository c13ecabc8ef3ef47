package storetest

import (
	"cmp"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

var clearing = []rule{
	{"ClearExpired/only expired", "sessions whose expiry lies before now go, and no others", func(t *test) {
		gone, atNow, live := t.create(time.Minute, "a", 1), t.create(time.Hour, "a", 1), t.create(2*time.Hour, "a", 1)
		t.advance(time.Hour)
		if n := t.clear(nil); n != 1 && !t.h.DropsExpired {
			t.Errorf("%d sessions went, want 1", n)
		}
		t.advance(-time.Hour)
		t.wantAbsent(gone.Key)
		if !t.h.DropsExpired {
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
			life := time.Duration(i+1) * time.Hour
			if t.margin() == 0 {
				life = time.Duration(i/2+1) * time.Hour // some expire together
			}
			all = append(all, t.create(life, "i", i))
		}
		for _, order := range []djsession.Order{djsession.OrderByKey, djsession.OrderByExpiry, djsession.OrderByExpiryDescending} {
			want := keys(sorted(all, order))
			for _, page := range []int{1, 2, 3, 100} {
				if got := t.list(&djsession.ListOptions{Order: order, PageSize: page}); !slices.Equal(got, want) {
					t.Errorf("order %d in pages of %d is wrong", order, page)
				}
				if got := t.list(&djsession.ListOptions{Order: order, PageSize: page, Limit: 5}); !slices.Equal(got, want[:5]) {
					t.Errorf("order %d in pages of %d, limited to 5, is wrong", order, page)
				}
			}
			after := *sorted(all, order)[3]
			if order == djsession.OrderByExpiry {
				after.Expires = after.Expires.Add(t.margin())
			} else {
				after.Expires = after.Expires.Add(-t.margin())
			}
			if got := t.list(&djsession.ListOptions{Order: order, After: &after}); !slices.Equal(got, want[4:]) {
				t.Errorf("order %d does not go on where it was left", order)
			}
		}
	}},
	{"List/filters", "state and times select by expiry", func(t *test) {
		a, b, c := t.create(time.Hour), t.create(2*time.Hour), t.create(3*time.Hour)
		start := t.clock.Now()
		second, third := start.Add(2*time.Hour-t.margin()), start.Add(3*time.Hour-t.margin())
		for _, row := range []struct {
			reason string
			opts   djsession.ListOptions
			want   []*djsession.Record
		}{
			{"from is included", djsession.ListOptions{From: second}, []*djsession.Record{b, c}},
			{"to is not", djsession.ListOptions{To: second}, []*djsession.Record{a}},
			{"both", djsession.ListOptions{From: second, To: third}, []*djsession.Record{b}},
		} {
			row.opts.Order = djsession.OrderByExpiry
			if got := t.list(&row.opts); !slices.Equal(got, keys(row.want)) {
				t.Errorf("%s: %d sessions, want %d", row.reason, len(got), len(row.want))
			}
		}
		if t.h.DropsExpired {
			return
		}
		t.advance(2 * time.Hour)
		if got := t.list(&djsession.ListOptions{State: djsession.StateLive}); !slices.Equal(got, keys([]*djsession.Record{c})) {
			t.Errorf("%d sessions live, want 1", len(got))
		}
		if got := t.list(&djsession.ListOptions{State: djsession.StateExpired, Order: djsession.OrderByExpiry}); !slices.Equal(got, keys([]*djsession.Record{a, b})) {
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

// margin is how far to stay away from a session's expiry where the store keeps
// it less exactly than Django: half of what lies between two sessions. A store
// with a clock of its own is late by as much as the suite takes.
func (t *test) margin() time.Duration {
	if t.h.ExpiryPrecision <= time.Microsecond {
		return 0
	}
	return 30 * time.Minute
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
		if order == djsession.OrderByKey || c == 0 {
			c = cmp.Compare(a.Key, b.Key)
		}
		if order == djsession.OrderByExpiryDescending {
			return -c
		}
		return c
	})
	return recs
}

// Benchmark measures what a request costs in the store: a load, and a load with
// an update, of a usual login.
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
