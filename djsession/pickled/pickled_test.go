package pickled_test

import (
	"errors"
	"fmt"
	"math/big"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/djsession/pickled"
	"github.com/djsession/djsession-go/djsession/storetest"
	"github.com/djsession/djsession-go/pickle"
	"github.com/djsession/djsession-go/pyjson"
)

func loads(t *testing.T, v any) *djsession.Data {
	t.Helper()
	payload, err := pickle.Marshal(v, nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := pickled.New(nil).Loads(string(payload))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func dict(keysAndValues ...any) *pickle.Dict {
	d := new(pickle.Dict)
	for i := 0; i < len(keysAndValues); i += 2 {
		if err := d.Set(keysAndValues[i], keysAndValues[i+1]); err != nil {
			panic(err)
		}
	}
	return d
}

func TestStoreOfPickles(t *testing.T) {
	storetest.Run(t, storetest.Harness{NotJSON: true, New: func(_ testing.TB, now func() time.Time) djsession.Store {
		return memstore.New(&memstore.Options{Serializer: pickled.New(nil), Now: now})
	}})
}

func TestWhatNobodySetGoesBack(t *testing.T) {
	shared := pickle.NewList(int64(1))
	unknown := &pickle.Object{Class: pickle.Class{Module: "shop.models", Name: "Cart"}, State: dict("n", int64(2))}
	d := loads(t, dict("a", shared, "b", shared, "cart", unknown, int64(7), "no name", pickle.Tuple{"x"}, "nor this"))
	if d.Len() != 3 {
		t.Errorf("%d names", d.Len())
	}
	d.Set("new", map[string]any{"n": 1})
	payload, err := pickled.New(nil).Dumps(nil, d)
	if err != nil {
		t.Fatal(err)
	}
	v, err := pickle.Loads(payload, nil)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := pickle.AsDict(v)
	a, _ := again.Get("a")
	b, _ := again.Get("b")
	if a != b {
		t.Error("the shared list is shared no more")
	}
	if cart, _ := again.Get("cart"); fmt.Sprint(cart.(*pickle.Object).Class) != "shop.models.Cart" {
		t.Errorf("the cart is %v", cart)
	}
	for _, key := range []any{7, pickle.Tuple{"x"}} {
		if _, ok := again.Get(key); !ok {
			t.Errorf("the item %v is lost", key)
		}
	}
}

func TestFromPickleToJSON(t *testing.T) {
	d := loads(t, dict("text", pickle.SafeString{Text: "<b>"}, "list", pickle.NewList(1.0, pickle.Tuple{true, nil}), "by", dict(int64(1), "int", 1.5, "float", nil, "none")))
	text, err := djsession.JSON.Dumps(nil, d)
	if want := `{"text":"<b>","list":[1.0,[true,null]],"by":{"1":"int","1.5":"float","null":"none"}}`; string(text) != want || err != nil {
		t.Errorf("got %s (%v), want %s", text, err, want)
	}
	set, _ := pickle.NewSet("x")
	for reason, v := range map[string]any{"a set": set, "a datetime": pickle.DateTimeOf(time.Now()), "an object": &pickle.Object{Class: pickle.Class{Module: "m", Name: "C"}}, "a tuple as a name": dict(pickle.Tuple{}, 1)} {
		if text, err := djsession.JSON.Dumps(nil, loads(t, dict("x", v))); err == nil {
			t.Errorf("%s became %s", reason, text)
		}
	}
}

func TestFromJSONToPickle(t *testing.T) {
	const text = `{"o":{"l":[1,2.0,null,{"x":"\u00e9"}]},"big":123456789012345678901234567890}`
	d, err := djsession.JSON.Loads(text)
	if err != nil {
		t.Fatal(err)
	}
	wantJSON(t, d, text)
	set := new(djsession.Data)
	for name := range d.Names() {
		value, _, err := djsession.Get[pyjson.Raw](d, name)
		if err != nil {
			t.Fatal(err)
		}
		set.Set(name, value)
	}
	wantJSON(t, set, text)
	list, _, err := d.Get("o")
	if err != nil {
		t.Fatal(err)
	}
	set.Clear()
	set.Set("list", []any{list})
	wantJSON(t, set, `{"list":[{"l":[1,2.0,null,{"x":"\u00e9"}]}]}`)
}

// TestWithinGoValues: what was read as an any and set within something else is
// what it was, whichever serializer writes it.
func TestWithinGoValues(t *testing.T) {
	const text = `{"o":{"z":1,"a":[2.0,{"x":"\u00e9"}]}}`
	fromJSON, err := djsession.JSON.Loads(text)
	if err != nil {
		t.Fatal(err)
	}
	fromPickle := loads(t, dict("o", dict("z", int64(1), "a", pickle.NewList(2.0, dict("x", "é")))))
	for source, d := range map[string]*djsession.Data{"JSON": fromJSON, "pickle": fromPickle} {
		v, _, err := d.Get("o")
		if err != nil {
			t.Fatal(err)
		}
		set := new(djsession.Data)
		set.Set("o", v)
		wantJSON(t, set, text)
		set.Clear()
		set.Set("m", map[string]any{"l": []any{v}})
		want := `{"m":{"l":[` + text[5:len(text)-1] + `]}}`
		wantJSON(t, set, want)
		if got, err := djsession.JSON.Dumps(nil, set); string(got) != want || err != nil {
			t.Errorf("from %s to JSON: got %s (%v), want %s", source, got, err, want)
		}
	}
	raw := new(djsession.Data)
	raw.Set("m", map[string]any{"r": pyjson.Raw(`{"k":[1]}`)})
	wantJSON(t, raw, `{"m":{"r":{"k":[1]}}}`)
	shared := map[string]any{"k": 1}
	raw.Clear()
	raw.Set("m", map[string]any{"a": shared, "b": shared})
	payload, err := pickled.New(nil).Dumps(nil, raw)
	if err != nil {
		t.Fatal(err)
	}
	again, err := pickle.Loads(payload, nil)
	if err != nil {
		t.Fatal(err)
	}
	session, _ := pickle.AsDict(again)
	m, _ := session.Get("m")
	both, _ := pickle.AsDict(m)
	a, _ := both.Get("a")
	if b, _ := both.Get("b"); a != b {
		t.Error("the shared map is shared no more")
	}
}

// wantJSON writes a session as a pickle, reads it, and wants that.
func wantJSON(t *testing.T, d *djsession.Data, want string) {
	t.Helper()
	payload, err := pickled.New(nil).Dumps(nil, d)
	if err != nil {
		t.Fatal(err)
	}
	again, err := pickled.New(nil).Loads(string(payload))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := djsession.JSON.Dumps(nil, again); string(got) != want || err != nil {
		t.Errorf("got %s (%v), want %s", got, err, want)
	}
}

func TestBothSerializers(t *testing.T) {
	old := djsession.NewCodec("key", &djsession.CodecOptions{Serializer: pickled.New(nil)})
	hybrid := djsession.NewCodec("key", &djsession.CodecOptions{AlsoRead: []djsession.Serializer{pickled.New(nil)}})
	d := new(djsession.Data)
	d.Set("a", 1)
	text, err := old.Encode(d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := djsession.NewCodec("key", nil).Decode(text); !errors.Is(err, djsession.ErrUnsupportedSerializer) {
		t.Errorf("JSON alone: got error %v", err)
	}
	d, enc, err := hybrid.Inspect(text)
	if err != nil || enc.Serializer != "pickle" {
		t.Fatalf("%+v, %v", enc, err)
	}
	text, err = hybrid.Encode(d)
	if err != nil {
		t.Fatal(err)
	}
	if _, enc, err = hybrid.Inspect(text); err != nil || enc.Serializer != "json" {
		t.Errorf("%+v, %v", enc, err)
	}
	if _, err := old.Decode(text); !errors.Is(err, djsession.ErrUnsupportedSerializer) {
		t.Errorf("pickle alone: got error %v", err)
	}
}

func TestNoDict(t *testing.T) {
	for _, v := range []any{nil, int64(1), pickle.NewList(), "text"} {
		payload, err := pickle.Marshal(v, nil)
		if err != nil {
			t.Fatal(err)
		}
		if d, err := pickled.New(nil).Loads(string(payload)); !errors.Is(err, djsession.ErrUndecodable) || d != nil {
			t.Errorf("%v: got error %v", v, err)
		}
	}
}

// A pickle of some hundred bytes can stand for gigabytes of JSON.
func TestPickleBombToJSON(t *testing.T) {
	var lists, dicts any = pickle.NewList(), dict("a", 1)
	for range 60 {
		lists, dicts = pickle.NewList(lists, lists), dict("a", dicts, "b", dicts)
	}
	text := strings.Repeat("x", 1<<20)
	var names []any
	for i := range 100 {
		names = append(names, fmt.Sprint(i), text)
	}
	for reason, v := range map[string]any{
		"lists in lists":                   lists,
		"dicts in dicts":                   dicts,
		"one long text, again and again":   pickle.NewList(slices.Repeat([]any{text}, 1000)...),
		"one long number, again and again": pickle.NewList(slices.Repeat([]any{new(big.Int).Lsh(big.NewInt(1), 1<<20)}, 1000)...),
		"names that share a text":          dict(names...),
	} {
		d := loads(t, dict("x", v))
		if reason == "names that share a text" {
			d = loads(t, v)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := djsession.JSON.Dumps(nil, d)
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s: no error", reason)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 512<<20 {
			t.Errorf("%s: %d MiB allocated", reason, used>>20)
		}
	}
}

// What contains itself is an error at once, as in json.dumps. What is in many
// places is written in each.
func TestCircularToJSON(t *testing.T) {
	list := pickle.NewList()
	list.Items = append(list.Items, list, list)
	if _, err := djsession.JSON.Dumps(nil, loads(t, dict("x", list))); !errors.Is(err, pickle.ErrCircular) {
		t.Errorf("a list within itself: got %v, want %v", err, pickle.ErrCircular)
	}
	inner := pickle.NewList(int64(1))
	got, err := djsession.JSON.Dumps(nil, loads(t, dict("x", pickle.NewList(inner, inner, dict("y", inner)))))
	if want := `{"x":[[1],[1],{"y":[1]}]}`; err != nil || string(got) != want {
		t.Errorf("a list in three places: got %s, %v; want %s", got, err, want)
	}
}
