package storetest

import (
	"context"
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

var loading = []rule{
	{"Load/unknown", "an unknown key is ErrNotFound and no record", func(t *test) {
		t.wantAbsent(djsession.NewKey())
	}},
	{"Load/created", "a created session loads with its key, data and expiry", func(t *test) {
		rec := t.create(time.Hour, "cart", []int{1, 2}, "name", "Zoë")
		got := t.load(rec.Key)
		if got.Key != rec.Key {
			t.Errorf("the record has another key")
		}
		t.wantData(got.Data, `{"cart":[1,2],"name":"Zo\u00eb"}`)
		t.wantExpiry(got, rec.Expires)
	}},
	{"Load/empty", "a session without any data is a session", func(t *test) {
		rec := t.create(time.Hour)
		t.wantData(t.load(rec.Key).Data, `{}`)
	}},
	{"Load/hostile keys", "a key that cannot be one is an error, never a session, a panic or an outage", func(t *test) {
		t.create(time.Hour, "a", 1)
		for _, key := range []string{"", "short", "UPPERCASEUPPERCASEUPPERCASE12345", "nul\x00nulnulnul", "' OR 1=1 --", "a b c d e f g h",
			"../../../../etc/passwd", "%s%s%s%s%s", "\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8", strings.Repeat("x", 1<<20)} {
			rec, err := t.store.Load(t.ctx, key)
			if err == nil || rec != nil {
				t.Errorf("a key of %d bytes gave a session", len(key))
			}
		}
	}},
	{"Load/cancelled", "a cancelled context ends the call, and is not taken for an absent session", func(t *test) {
		rec := t.create(time.Hour, "a", 1)
		ctx, cancel := context.WithCancel(t.ctx)
		cancel()
		if _, err := t.store.Load(ctx, rec.Key); err != nil {
			t.wantError("Load", err, djsession.ErrUnavailable)
		} else if !t.h.Stateless {
			t.Errorf("Load: no error")
		}
	}},
}

var values = []rule{
	{"Values/lossless", "what JSON can say comes back as it was", func(t *test) {
		big := "123456789012345678901234567890"
		if t.h.Int64 {
			big = "9223372036854775807"
		}
		text := `{"big":` + big + `,"float":1.0,"exp":1e+16,"nested":{"z":1,"a":[null,true,"\u007f<>&"]},"empty":""}`
		d, err := djsession.JSON.Loads(text)
		if err != nil {
			t.Fatal(err)
		}
		rec := &djsession.Record{Key: djsession.NewKey(), Data: d, Expires: t.clock.Now().Add(time.Hour)}
		if err := t.store.Create(t.ctx, rec); err != nil {
			t.Fatalf("Create: %v", err)
		}
		t.wantData(t.load(rec.Key).Data, text)
	}},
	{"Values/JSON only", "NaN, infinities and lone surrogates survive", func(t *test) {
		if t.h.NotJSON {
			t.Skip("values need not be JSON's")
		}
		rec := t.create(time.Hour, "nan", rawJSON("NaN"), "inf", rawJSON("-Infinity"), "half", rawJSON(`"\ud800"`))
		t.wantData(t.load(rec.Key).Data, `{"nan":NaN,"inf":-Infinity,"half":"\ud800"}`)
	}},
	{"Values/large", "a large session is stored whole, or refused when it is saved", func(t *test) {
		text := strings.Repeat("0123456789abcdef", 1<<16)
		rec := &djsession.Record{Key: djsession.NewKey(), Data: data("large", text), Expires: t.clock.Now().Add(time.Hour)}
		if err := t.store.Create(t.ctx, rec); err != nil {
			return
		}
		if got, _ := t.load(rec.Key).Data.Text("large"); got != text {
			t.Errorf("a value of %d bytes came back with %d", len(text), len(got))
		}
	}},
	{"Values/snapshot", "what is stored does not change with the data that was stored", func(t *test) {
		list := []any{1}
		rec := t.create(time.Hour, "list", list)
		list[0] = 2
		rec.Data.Set("more", 1)
		first := t.load(rec.Key)
		first.Data.Set("list", "gone")
		t.wantData(t.load(rec.Key).Data, `{"list":[1]}`)
	}},
	{"Values/not encodable", "a value that cannot be written is an error, and nothing is stored", func(t *test) {
		rec := &djsession.Record{Key: djsession.NewKey(), Data: data("f", func() {}), Expires: t.clock.Now().Add(time.Hour)}
		if err := t.store.Create(t.ctx, rec); err == nil {
			t.Fatal("Create: no error")
		}
		t.wantAbsent(rec.Key)
	}},
}
