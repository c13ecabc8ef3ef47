package msgpacked_test

import (
	"errors"
	"fmt"
	"math/big"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/djsession/msgpacked"
	"github.com/djsession/djsession-go/djsession/storetest"
	"github.com/djsession/djsession-go/pyjson"
)

func TestStore(t *testing.T) {
	// What JSON can say comes back, but for integers of more than 64 bits.
	storetest.Run(t, storetest.Harness{NotJSON: true, Int64: true, New: func(_ testing.TB, now func() time.Time) djsession.Store {
		return memstore.New(&memstore.Options{Serializer: msgpacked.New(nil), Now: now})
	}})
}

// TestValues has what msgpack.dumps of Python writes, and what it is in Go and
// as JSON.
func TestValues(t *testing.T) {
	for _, row := range []struct {
		python string
		packed string
		value  any
		json   string // "" if it has none
	}{
		{"None", "\xc0", nil, "null"},
		{"True", "\xc3", true, "true"},
		{"5", "\x05", int64(5), "5"},
		{"-1", "\xff", int64(-1), "-1"},
		{"200", "\xcc\xc8", int64(200), "200"},
		{"-200", "\xd1\xff\x38", int64(-200), "-200"},
		{"2**63", "\xcf\x80\x00\x00\x00\x00\x00\x00\x00", new(big.Int).SetUint64(1 << 63), "9223372036854775808"},
		{"1.0", "\xcb\x3f\xf0\x00\x00\x00\x00\x00\x00", 1.0, "1.0"},
		{"'é'", "\xa2\xc3\xa9", "é", `"\u00e9"`},
		{"'x' * 40", "\xd9\x28" + strings.Repeat("x", 40), strings.Repeat("x", 40), `"` + strings.Repeat("x", 40) + `"`},
		{"[1, None]", "\x92\x01\xc0", []any{int64(1), nil}, "[1,null]"},
		{"{'z': 1, 'a': {}}", "\x82\xa1z\x01\xa1a\x80", pyjson.Object{{Name: "z", Value: int64(1)}, {Name: "a", Value: pyjson.Object{}}}, `{"z":1,"a":{}}`},
		{"{b'k'...} is no name", "\x81\xc4\x01k\x01", nil, ""},
		{"b'raw'", "\xc4\x03raw", []byte("raw"), ""},
		{"Timestamp(1)", "\xd6\xff\x00\x00\x00\x01", time.Unix(1, 0), ""},
	} {
		d, err := msgpacked.New(nil).Loads("\x81\xa1v" + row.packed)
		if err != nil {
			t.Errorf("%s: %v", row.python, err)
			continue
		}
		if row.value != nil || row.json != "" {
			got, _, err := d.Get("v")
			if fmt.Sprintf("%T %v", got, got) != fmt.Sprintf("%T %v", row.value, row.value) || err != nil {
				if at, ok := got.(time.Time); !ok || !at.Equal(row.value.(time.Time)) {
					t.Errorf("%s: got %T %v (%v)", row.python, got, got, err)
				}
			}
		}
		text, err := djsession.JSON.Dumps(nil, d)
		if want := `{"v":` + row.json + `}`; row.json != "" && string(text) != want || row.json == "" && err == nil {
			t.Errorf("%s: as JSON %s (%v), want %s", row.python, text, err, want)
		}
		if again, err := msgpacked.New(nil).Dumps(nil, d); string(again) != "\x81\xa1v"+row.packed || err != nil {
			t.Errorf("%s: written back as %q (%v)", row.python, again, err)
		}
		if row.json == "" {
			continue
		}
		fresh := new(djsession.Data)
		fresh.Set("v", row.value)
		if again, err := msgpacked.New(nil).Dumps(nil, fresh); string(again) != "\x81\xa1v"+row.packed || err != nil {
			t.Errorf("%s: set and written as %q (%v)", row.python, again, err)
		}
	}
}

// TestWhatNobodySetGoesBack has longer forms than needed, extensions, and keys
// that are no names.
func TestWhatNobodySetGoesBack(t *testing.T) {
	const odd = "\xa4long\xd3\x00\x00\x00\x00\x00\x00\x00\x01" + "\xa3ext\xc7\x02\x09ab" + "\xa5float\xca\x3f\x80\x00\x00"
	const noNames = "\x07\xa5seven" + "\xc4\x01b\xa5bytes"
	d, err := msgpacked.New(nil).Loads("\x85" + noNames + odd)
	if err != nil || d.Len() != 3 {
		t.Fatalf("%d names, %v", d.Len(), err)
	}
	d.Set("new", struct {
		A int `json:"a"`
	}{1})
	got, err := msgpacked.New(nil).Dumps([]byte("before"), d)
	if want := "before\x86" + odd + "\xa3new\x81\xa1a\x01" + noNames; string(got) != want || err != nil {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
	type target struct {
		N     int64 `json:"n"`
		Bytes []byte
	}
	d, err = msgpacked.New(nil).Loads("\x81\xa1v\x82\xa1n\x05\xa5Bytes\xc4\x01x")
	if err != nil {
		t.Fatal(err)
	}
	if v, _, err := djsession.Get[target](d, "v"); err != nil || v.N != 5 || string(v.Bytes) != "x" {
		t.Errorf("got %+v, %v", v, err)
	}
}

func TestRefused(t *testing.T) {
	deep := strings.Repeat("\x91", 100_000)
	for _, row := range []struct {
		reason, payload string
		want            error
	}{
		{"nothing", "", djsession.ErrUndecodable},
		{"a number", "\x05", djsession.ErrUndecodable},
		{"a list", "\x91\x01", djsession.ErrUndecodable},
		{"JSON", `{"a": 1}`, djsession.ErrUnsupportedSerializer},
		{"a pickle", "\x80\x04}\x94.", djsession.ErrUnsupportedSerializer},
		{"more behind it", "\x81\xa1a\x01\x01", djsession.ErrUndecodable},
		{"an item too few", "\x82\xa1a\x01", djsession.ErrUndecodable},
		{"four thousand million items", "\xdf\xff\xff\xff\xff\xa1a\x01", djsession.ErrUndecodable},
		{"a string cut short", "\x81\xa1a\xdb\xff\xff\xff\xff", djsession.ErrUndecodable},
		{"a list cut short", "\x81\xa1a\xdd\xff\xff\xff\xff", djsession.ErrUndecodable},
		{"a map cut short", "\x81\xa1a\xdf\x7f\xff\xff\xff", djsession.ErrUndecodable},
		{"the byte that stands for nothing", "\x81\xa1a\xc1", djsession.ErrUndecodable},
		{"a value in Latin-1", "\x81\xa1a\xa1\xeb", djsession.ErrUndecodable},
		{"a long value in Latin-1", "\x81\xa1a\xd9\x01\xeb", djsession.ErrUndecodable},
		{"a value within a list in Latin-1", "\x81\xa1a\x91\xa1\xeb", djsession.ErrUndecodable},
		{"a name in Latin-1", "\x81\xa1\xeb\xa1a", djsession.ErrUndecodable},
		{"half a pair", "\x81\xa1a\xa3\xed\xa0\x80", djsession.ErrUndecodable},
		{"lists in lists", "\x81\xa1a" + deep + "\x01", djsession.ErrUndecodable},
	} {
		if d, err := msgpacked.New(nil).Loads(row.payload); !errors.Is(err, row.want) || d != nil {
			t.Errorf("%s: got error %v", row.reason, err)
		}
	}
	for reason, value := range map[string]any{
		"an integer of 65 bits": new(big.Int).Lsh(big.NewInt(1), 64),
		"a lone surrogate":      pyjson.Raw(`"\ud800"`),
		"a function":            func() {},
	} {
		d := new(djsession.Data)
		d.Set("v", value)
		if payload, err := msgpacked.New(nil).Dumps(nil, d); err == nil {
			t.Errorf("%s became %q", reason, payload)
		}
	}
}

// TestSetAsItWasRead: what is read as an any and set again is written as it
// was, bytes and times too, wherever they are.
func TestSetAsItWasRead(t *testing.T) {
	for _, packed := range []string{
		"\x82\xa1b\xc4\x01x\xa1t\xd6\xff\x00\x00\x00\x01", "\x92\xc4\x00\x91\xc0", "\x81\xa1a\x81\xa1b\x92\xc3\xcb\x3f\xf0\x00\x00\x00\x00\x00\x00",
	} {
		payload := "\x81\xa1v" + packed
		d, err := msgpacked.New(nil).Loads(payload)
		if err != nil {
			t.Fatal(err)
		}
		v, _, err := d.Get("v")
		if err != nil {
			t.Fatal(err)
		}
		d.Set("v", v)
		if again, err := msgpacked.New(nil).Dumps(nil, d); string(again) != payload || err != nil {
			t.Errorf("%q came back as %q, %v", payload, again, err)
		}
	}
}

// TestDepth: nothing is written that is too deep to be read.
func TestDepth(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	read := func(text string) any {
		d, err := djsession.JSON.Loads(`{"v":` + text + `}`)
		if err != nil {
			t.Fatal(err)
		}
		for _, held := range d.All() {
			return held
		}
		return nil
	}
	self := []any{nil}
	self[0] = self
	for _, row := range []struct {
		reason string
		value  any
		fine   bool
	}{
		{"as deep as can be", pyjson.Raw(nested(512)), true},
		{"deeper", pyjson.Raw(nested(513)), false},
		{"as deep as can be, read from JSON", read(nested(512)), true},
		{"deeper, read from JSON", read(nested(513)), false},
		{"a list in itself", self, false},
	} {
		d := new(djsession.Data)
		d.Set("v", row.value)
		payload, err := msgpacked.New(nil).Dumps(nil, d)
		if (err == nil) != row.fine {
			t.Errorf("%s: got error %v", row.reason, err)
		}
		if err == nil {
			if _, err := msgpacked.New(nil).Loads(string(payload)); err != nil {
				t.Errorf("%s: written, it cannot be read: %v", row.reason, err)
			}
		}
	}
}

// TestManyKeysThatAreNoNames: reading them takes memory in proportion to their
// number.
func TestManyKeysThatAreNoNames(t *testing.T) {
	const n = 20_000
	payload := []byte{0xde, n >> 8, n & 0xff}
	for i := range n {
		payload = append(payload, 0xcd, byte(i>>8), byte(i), 0xc0)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	d, err := msgpacked.New(nil).Loads(string(payload))
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > uint64(20*len(payload)) {
		t.Errorf("%d bytes allocated for %d", used, len(payload))
	}
	if again, err := msgpacked.New(nil).Dumps(nil, d); string(again) != string(payload) || err != nil {
		t.Errorf("%d bytes came back as %d, %v", len(payload), len(again), err)
	}
}

func FuzzLoads(f *testing.F) {
	f.Add("\x85\x07\xa5seven\xc4\x01b\xa5bytes\xa4long\xd3\x00\x00\x00\x00\x00\x00\x00\x01\xa3ext\xc7\x02\x09ab\xa5float\xca\x3f\x80\x00\x00")
	f.Add("\x82\xa1z\x92\x01\xc0\xa1a\xdf\x00\x00\x00\x01\xd9\x01x\xd6\xff\x00\x00\x00\x01")
	f.Fuzz(func(t *testing.T, payload string) {
		d, err := msgpacked.New(nil).Loads(payload)
		if err != nil {
			return
		}
		for name := range d.Names() {
			d.Get(name)
		}
		once, err := msgpacked.New(nil).Dumps(nil, d)
		if err != nil {
			t.Fatalf("read, it cannot be written: %v", err)
		}
		again, err := msgpacked.New(nil).Loads(string(once))
		if err != nil {
			t.Fatalf("written, it cannot be read: %v", err)
		}
		if twice, err := msgpacked.New(nil).Dumps(nil, again); string(twice) != string(once) || err != nil {
			t.Errorf("%q became %q (%v)", once, twice, err)
		}
	})
}
