package storetest

import (
	"slices"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

var counting = []rule{
	{"Count/states", "what is counted is what is listed", func(t *test) {
		for i := range 5 {
			t.create(time.Duration(i+1) * time.Hour)
		}
		start := t.clock.Now()
		if !t.h.DropsExpired {
			t.advance(2 * time.Hour)
		}
		for _, opts := range []*djsession.ListOptions{
			nil,
			{State: djsession.StateLive},
			{State: djsession.StateExpired},
			{From: start.Add(2 * time.Hour), To: start.Add(4 * time.Hour)},
			{State: djsession.StateLive, PageSize: 1},
		} {
			n, err := t.store.(djsession.Counter).Count(t.ctx, opts)
			if err != nil {
				t.Fatalf("Count: %v", err)
			}
			if listed := t.list(opts); n != int64(len(listed)) {
				t.Errorf("%+v: counted %d, listed %d", opts, n, len(listed))
			}
		}
	}},
}

var texts = []rule{
	{"Texts/list", "texts are listed as sessions are, for any page size", func(t *test) {
		for i := range 7 {
			t.create(time.Duration(i/2+1)*time.Hour, "i", i)
		}
		for _, order := range []djsession.Order{djsession.OrderByKey, djsession.OrderByExpiryDescending} {
			for _, page := range []int{1, 3, 100} {
				opts := &djsession.ListOptions{Order: order, PageSize: page}
				if got, want := t.texts(opts), t.list(opts); len(got) != 7 || !slices.Equal(textKeys(got), want) {
					t.Errorf("order %d in pages of %d is wrong", order, page)
				}
			}
		}
	}},
	{"Texts/unordered", "a walk without order meets every session once, and filters and limits hold", func(t *test) {
		for i := range 7 {
			t.create(time.Duration(i/2+1)*time.Hour, "i", i)
		}
		from := t.clock.Now().Add(2 * time.Hour)
		for _, page := range []int{1, 3, 7, 100} {
			for _, opts := range []djsession.ListOptions{{}, {From: from}} {
				want := t.list(&opts)
				opts.Order, opts.PageSize = djsession.OrderAny, page
				got := textKeys(t.texts(&opts))
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Errorf("in pages of %d: %d sessions, want %d", page, len(got), len(want))
				}
				opts.Limit = 4
				if got := t.texts(&opts); len(got) != 4 {
					t.Errorf("in pages of %d, limited to 4: %d sessions", page, len(got))
				}
			}
		}
	}},
	{"Texts/swap", "a new text replaces the old one and no other, and the expiry stays", func(t *test) {
		a, b, c := t.create(time.Hour, "a", 1), t.create(2*time.Hour, "b", 1), t.create(3*time.Hour, "c", 1)
		before := make(map[string]djsession.EncodedRecord)
		for _, text := range t.texts(nil) {
			before[text.Key] = text
		}
		changed := t.load(b.Key)
		changed.Data.Set("b", 2)
		if err := t.store.Update(t.ctx, changed); err != nil {
			t.Fatalf("Update: %v", err)
		}
		if err := t.store.Delete(t.ctx, c.Key); err != nil {
			t.Fatalf("Delete: %v", err)
		}
		other := before[b.Key].Data
		done, err := t.store.(djsession.EncodedStore).SwapEncoded(t.ctx, []djsession.EncodedSwap{
			{Key: a.Key, Old: before[a.Key].Data, New: other},
			{Key: b.Key, Old: other, New: before[a.Key].Data},
			{Key: c.Key, Old: before[c.Key].Data, New: other},
		})
		if err != nil || !slices.Equal(done, []bool{true, false, false}) {
			t.Errorf("SwapEncoded: got %v, %v", done, err)
		}
		got := t.load(a.Key)
		t.wantData(got.Data, `{"b":1}`)
		if d := got.Expires.Sub(a.Expires).Abs(); d > t.h.ExpiryPrecision {
			t.Errorf("expiry moved by %v", d)
		}
		t.wantData(t.load(b.Key).Data, `{"b":2}`)
		t.wantAbsent(c.Key)
	}},
	{"Texts/case", "texts that differ in case only are different", func(t *test) {
		rec := t.create(time.Hour, "a", 1)
		old := t.texts(nil)[0].Data
		other := []byte(old)
		for i, c := range other {
			if 'a' <= c && c <= 'z' {
				other[i] -= 'a' - 'A'
			}
		}
		done, err := t.store.(djsession.EncodedStore).SwapEncoded(t.ctx, []djsession.EncodedSwap{{Key: rec.Key, Old: string(other), New: "lost"}})
		if err != nil || !slices.Equal(done, []bool{false}) {
			t.Errorf("SwapEncoded: got %v, %v", done, err)
		}
	}},
}

func (t *test) texts(opts *djsession.ListOptions) []djsession.EncodedRecord {
	t.Helper()
	var all []djsession.EncodedRecord
	for text, err := range t.store.(djsession.EncodedStore).ListEncoded(t.ctx, opts) {
		if err != nil {
			t.Fatalf("ListEncoded: %v", err)
		}
		all = append(all, text)
	}
	return all
}

func textKeys(texts []djsession.EncodedRecord) []string {
	var keys []string
	for _, text := range texts {
		keys = append(keys, text.Key)
	}
	return keys
}
