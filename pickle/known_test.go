package pickle_test

import (
	"math/big"
	"testing"
	"time"

	"github.com/djsession/djsession-go/pickle"
)

// TestOddArguments has known classes made of what Python does not write, or
// refuses: they stay objects and lose nothing.
func TestOddArguments(t *testing.T) {
	huge := new(big.Int).Lsh(big.NewInt(1), 200)
	b := func(s string) any { return pickle.Bytes(s) }
	for _, row := range []struct {
		module, name string
		args         pickle.Tuple
	}{
		{"datetime", "date", pickle.Tuple{b("abc")}}, {"datetime", "date", pickle.Tuple{int64(2026), int64(1), int64(2)}}, {"datetime", "date", pickle.Tuple{b("\x07\xea\x0d\x01")}},
		{"datetime", "date", pickle.Tuple{}}, {"datetime", "date", pickle.Tuple{b("\x07\xea\x02\x1d")}}, {"datetime", "date", pickle.Tuple{"€uro"}},
		{"datetime", "datetime", pickle.Tuple{b("0123456789")}}, {"datetime", "datetime", pickle.Tuple{b("\x07\xea\x01\x01\x00\x00\x00\x00\x00\x00"), "no zone"}},
		{"datetime", "datetime", pickle.Tuple{b("\x07\xea\x01\x01\x18\x00\x00\x00\x00\x00")}}, {"datetime", "time", pickle.Tuple{b("\x00\x00\x00\x0f\xff\xff")}},
		{"datetime", "timedelta", pickle.Tuple{int64(1)}}, {"datetime", "timedelta", pickle.Tuple{int64(0), int64(86400), int64(0)}}, {"datetime", "timedelta", pickle.Tuple{int64(1e10), int64(0), int64(0)}},
		{"datetime", "timezone", pickle.Tuple{}}, {"datetime", "timezone", pickle.Tuple{pickle.TimeDelta{Days: 2}}}, {"datetime", "timezone", pickle.Tuple{pickle.TimeDelta{}, int64(1)}},
		{"decimal", "Decimal", pickle.Tuple{"x"}}, {"decimal", "Decimal", pickle.Tuple{int64(5)}}, {"decimal", "Decimal", pickle.Tuple{"1", "2"}}, {"decimal", "Decimal", pickle.Tuple{"1_0"}},
		{"fractions", "Fraction", pickle.Tuple{"a/b"}}, {"fractions", "Fraction", pickle.Tuple{int64(1), int64(0)}}, {"fractions", "Fraction", pickle.Tuple{"1/-2"}}, {"fractions", "Fraction", pickle.Tuple{1.5}},
		{"ipaddress", "IPv4Address", pickle.Tuple{"x"}}, {"ipaddress", "IPv4Address", pickle.Tuple{int64(-1)}}, {"ipaddress", "IPv4Address", pickle.Tuple{huge}}, {"ipaddress", "IPv6Address", pickle.Tuple{"10.0.0.1"}},
		{"ipaddress", "IPv4Network", pickle.Tuple{"10.0.0.1/8"}}, {"ipaddress", "IPv4Network", pickle.Tuple{int64(1)}}, {"ipaddress", "IPv4Interface", pickle.Tuple{"10.0.0.1"}}, {"ipaddress", "IPv4Thing", pickle.Tuple{}},
		{"pathlib", "PosixPath", pickle.Tuple{int64(5)}}, {"pathlib", "PosixPath", pickle.Tuple{"a", "/b"}}, {"pathlib", "PureWindowsPath", pickle.Tuple{"a", "b:c"}},
		{"builtins", "set", pickle.Tuple{int64(5)}}, {"builtins", "set", pickle.Tuple{pickle.NewList(), pickle.NewList()}}, {"builtins", "frozenset", pickle.Tuple{dict()}}, {"builtins", "bytes", pickle.Tuple{"x"}},
		{"builtins", "bytearray", pickle.Tuple{int64(5)}}, {"builtins", "bytearray", pickle.Tuple{"€", "latin-1"}}, {"builtins", "complex", pickle.Tuple{int64(1), int64(2)}}, {"builtins", "complex", pickle.Tuple{}},
		{"builtins", "range", pickle.Tuple{int64(1), int64(2), int64(0)}}, {"builtins", "range", pickle.Tuple{int64(1), huge, int64(1)}}, {"builtins", "slice", pickle.Tuple{int64(1)}}, {"builtins", "getattr", pickle.Tuple{int64(1), "x"}},
		{"builtins", "getattr", pickle.Tuple{}}, {"collections", "OrderedDict", pickle.Tuple{pickle.NewList(int64(1))}}, {"collections", "defaultdict", pickle.Tuple{int64(1), int64(2)}},
		{"collections", "Counter", pickle.Tuple{int64(5)}}, {"collections", "deque", pickle.Tuple{pickle.NewList(), int64(-1)}}, {"collections", "deque", pickle.Tuple{int64(5)}}, {"collections", "ChainMap", pickle.Tuple{dict()}},
		{"zoneinfo", "ZoneInfo._unpickle", pickle.Tuple{"x"}}, {"zoneinfo", "ZoneInfo._unpickle", pickle.Tuple{"x", int64(7)}}, {"pytz", "_p", pickle.Tuple{}}, {"pytz", "_p", pickle.Tuple{"UTC"}},
		{"pytz", "_p", pickle.Tuple{"Europe/Paris", int64(1e6), int64(0), "X"}}, {"pytz", "_UTC", pickle.Tuple{int64(1)}}, {"pytz", "FixedOffset", pickle.Tuple{int64(5000)}},
		{"django.utils.functional", "_lazy_proxy_unpickle", pickle.Tuple{int64(1)}}, {"django.utils.functional", "_lazy_proxy_unpickle", pickle.Tuple{int64(1), int64(2), int64(3)}},
		{"_codecs", "encode", pickle.Tuple{"x", "utf8"}}, {"_codecs", "encode", pickle.Tuple{"€", "latin1"}}, {"_codecs", "encode", pickle.Tuple{int64(1), "latin1"}}, {"_codecs", "decode", pickle.Tuple{}},
		{"copyreg", "_reconstructor", pickle.Tuple{int64(1)}}, {"copyreg", "_reconstructor", pickle.Tuple{int64(1), int64(2), int64(3)}}, {"copyreg", "__newobj__", pickle.Tuple{}}, {"copyreg", "__newobj_ex__", pickle.Tuple{int64(1), int64(2), int64(3)}},
		{"copyreg", "__newobj_ex__", pickle.Tuple{}},
	} {
		o := &pickle.Object{Class: pickle.Class{Module: row.module, Name: row.name}, Args: row.args}
		for protocol := range 6 {
			data, err := pickle.Marshal(o, protocolOf(protocol))
			if err != nil {
				t.Fatalf("%s: %v", pickle.Repr(o), err)
			}
			v, err := pickle.Loads(data, nil)
			if err != nil {
				t.Errorf("%s at protocol %d: %v", pickle.Repr(o), protocol, err)
			} else if err := sameGraph(o, v); err != nil {
				t.Errorf("protocol %d: %v", protocol, err)
			}
		}
	}
	for reason, o := range map[string]*pickle.Object{
		"a UUID of no int":               {Class: pickle.Class{Module: "uuid", Name: "UUID"}, Form: pickle.FormNew, State: dict("int", "x"), HasState: true},
		"a UUID with more":               {Class: pickle.Class{Module: "uuid", Name: "UUID"}, Form: pickle.FormNew, State: dict("int", int64(1), "is_safe", int64(0)), HasState: true},
		"a UUID too large":               {Class: pickle.Class{Module: "uuid", Name: "UUID"}, Form: pickle.FormNew, State: dict("int", huge), HasState: true},
		"a message of numbers":           {Class: pickle.Class{Module: "django.contrib.messages.storage.base", Name: "Message"}, Form: pickle.FormNew, State: dict("level", int64(1), "message", int64(2), "extra_tags", nil), HasState: true},
		"a message with an attribute":    {Class: pickle.Class{Module: "django.contrib.messages.storage.base", Name: "Message"}, Form: pickle.FormNew, State: dict("level", int64(1), "message", "m", "extra_tags", nil, "x", "y"), HasState: true},
		"a SafeString of nothing":        {Class: pickle.Class{Module: "django.utils.safestring", Name: "SafeString"}, Form: pickle.FormNew},
		"keyword arguments":              {Class: pickle.Class{Module: "m", Name: "C"}, Form: pickle.FormNewEx, Args: pickle.Tuple{int64(1)}, Kwargs: dict("k", "v")},
		"keyword arguments and a class":  {Callable: &pickle.Object{Class: pickle.Class{Module: "m", Name: "make"}}, Form: pickle.FormNewEx, Args: pickle.Tuple{}, Kwargs: dict("k", "v")},
		"an instance of a made class":    {Callable: &pickle.Object{Class: pickle.Class{Module: "m", Name: "make"}}, Form: pickle.FormNew, Args: pickle.Tuple{"a"}},
		"an old instance with arguments": {Class: pickle.Class{Module: "m", Name: "Old"}, Form: pickle.FormInstance, Args: pickle.Tuple{int64(1)}, State: dict("a", int64(1)), HasState: true},
		"a state of None":                {Class: pickle.Class{Module: "m", Name: "C"}, Form: pickle.FormNew, HasState: true},
		"a state set by a function":      {Class: pickle.Class{Module: "m", Name: "C"}, Form: pickle.FormNew, State: "s", HasState: true, Setter: pickle.Class{Module: "m", Name: "set"}},
	} {
		for protocol := range 6 {
			data, err := pickle.Marshal(o, protocolOf(protocol))
			if err != nil {
				t.Fatalf("%s: %v", reason, err)
			}
			v, err := pickle.Loads(data, nil)
			if err != nil {
				t.Errorf("%s at protocol %d: %v", reason, protocol, err)
			} else if err := sameGraph(o, v); err != nil {
				t.Errorf("%s at protocol %d: %v", reason, protocol, err)
			}
		}
	}
}

// TestDateTimeAsTime has wall clock times become instants as Python's
// timestamp() makes them.
func TestDateTimeAsTime(t *testing.T) {
	paris := pickle.ZoneInfo{Key: "Europe/Paris"}
	if _, ok := (pickle.DateTime{TZ: paris}).Location(); !ok {
		t.Skip("no time zone database")
	}
	at := func(month, day, hour, minute int, fold bool, zone any) pickle.DateTime {
		return pickle.DateTime{Year: 2026, Month: month, Day: day, Hour: hour, Minute: minute, Fold: fold, TZ: zone}
	}
	for _, row := range []struct {
		reason string
		d      pickle.DateTime
		want   string
	}{
		{"winter", at(1, 2, 3, 4, false, paris), "2026-01-02T02:04:00Z"},
		{"summer", at(7, 2, 3, 4, false, paris), "2026-07-02T01:04:00Z"},
		{"twice: the first", at(10, 25, 2, 30, false, paris), "2026-10-25T00:30:00Z"},
		{"twice: the second", at(10, 25, 2, 30, true, paris), "2026-10-25T01:30:00Z"},
		{"never: by the offset before", at(3, 29, 2, 30, false, paris), "2026-03-29T01:30:00Z"},
		{"never, fold: by the offset after", at(3, 29, 2, 30, true, paris), "2026-03-29T00:30:00Z"},
		{"just before the change", at(3, 29, 1, 59, false, paris), "2026-03-29T00:59:00Z"},
		{"just after it", at(3, 29, 3, 0, false, paris), "2026-03-29T01:00:00Z"},
		{"pytz, not localized", at(7, 2, 3, 4, false, pickle.PytzZone{Zone: "Europe/Paris"}), "2026-07-02T01:04:00Z"},
		{"pytz, localized", at(7, 2, 3, 4, false, pickle.PytzZone{Zone: "Europe/Paris", Localized: true, UTCOffset: 3600}), "2026-07-02T02:04:00Z"},
		{"pytz, UTC", at(7, 2, 3, 4, false, pickle.PytzZone{Zone: "UTC"}), "2026-07-02T03:04:00Z"},
		{"pytz, fixed", at(7, 2, 3, 4, false, pickle.PytzOffset{Minutes: -90}), "2026-07-02T04:34:00Z"},
		{"timezone", at(7, 2, 3, 4, false, pickle.TimeZone{Offset: time.Hour}), "2026-07-02T02:04:00Z"},
		{"naive", at(7, 2, 3, 4, false, nil), "2026-07-02T03:04:00Z"},
		{"a zone of nowhere", at(7, 2, 3, 4, false, pickle.ZoneInfo{Key: "Local"}), "0001-01-01T00:00:00Z"},
		{"a zone of another class", at(7, 2, 3, 4, false, &pickle.Object{}), "0001-01-01T00:00:00Z"},
	} {
		if got := row.d.Time(nil).UTC().Format(time.RFC3339); got != row.want {
			t.Errorf("%s: got %s, want %s", row.reason, got, row.want)
		}
	}
}

// TestBuffersInBand has buffers nobody takes beside the pickle go into it, as
// Python puts them.
func TestBuffersInBand(t *testing.T) {
	for protocol := range 6 {
		for _, readOnly := range []bool{false, true} {
			data, err := pickle.Marshal(&pickle.Buffer{Data: []byte("ab"), ReadOnly: readOnly}, protocolOf(protocol))
			if err != nil {
				t.Fatal(err)
			}
			v, err := pickle.Loads(data, nil)
			want := "bytearray(b'ab')"
			if readOnly {
				want = "b'ab'"
			}
			if got := pickle.Repr(v); got != want || err != nil {
				t.Errorf("protocol %d: got %s, %v, want %s", protocol, got, err, want)
			}
		}
	}
	var taken [][]byte
	data, err := pickle.Marshal(&pickle.Buffer{Data: []byte("ab"), ReadOnly: true}, &pickle.EncodeOptions{Protocol: 5, BufferCallback: func(b *pickle.Buffer) bool {
		taken = append(taken, b.Data)
		return true
	}})
	if err != nil {
		t.Fatal(err)
	}
	v, err := pickle.Loads(data, &pickle.DecodeOptions{Buffers: taken})
	if b, ok := v.(*pickle.Buffer); err != nil || !ok || !b.ReadOnly || string(b.Data) != "ab" {
		t.Errorf("got %s, %v", pickle.Repr(v), err)
	}
}

type Address struct{ City string }

// TestEmbeddedPointers has embedded structs be made only where there is
// something for them.
func TestEmbeddedPointers(t *testing.T) {
	type home struct {
		*Address
		Name string
	}
	var h home
	if err := pickle.Assign(&h, dict("Name", "n")); err != nil || h.Address != nil {
		t.Errorf("%+v, %v", h, err)
	}
	if data, err := pickle.Marshal(h, nil); err != nil {
		t.Error(err)
	} else if v, _ := pickle.Loads(data, nil); pickle.Repr(v) != "{'Name': 'n'}" {
		t.Errorf("got %s", pickle.Repr(v))
	}
	if err := pickle.Assign(&h, dict("City", "c")); err != nil || h.Address == nil || h.City != "c" {
		t.Errorf("%+v, %v", h, err)
	}
}

// TestPathsOfParts has what pathlib of Python 3.12 writes, parts, and of 3.13,
// what somebody made the path of.
func TestPathsOfParts(t *testing.T) {
	for _, row := range []struct {
		flavor string
		parts  pickle.Tuple
		want   string
	}{
		{"PurePosixPath", pickle.Tuple{}, ""},
		{"PurePosixPath", pickle.Tuple{"/", "usr", "lib"}, "/usr/lib"},
		{"PurePosixPath", pickle.Tuple{"", "a"}, "a"}, // Path("") / "a"
		{"PurePosixPath", pickle.Tuple{"a/", "b"}, "a/b"},
		{"PureWindowsPath", pickle.Tuple{"", "a"}, "a"},
		{"PureWindowsPath", pickle.Tuple{`C:\`, "a"}, `C:\a`},
		{"PureWindowsPath", pickle.Tuple{"C:", "a"}, "C:a"},
		{"PureWindowsPath", pickle.Tuple{"/", "a"}, "/a"}, // with a separator more it would be the host a
		{"PureWindowsPath", pickle.Tuple{"C:/", "a"}, "C:/a"},
	} {
		data, err := pickle.Marshal(&pickle.Object{Class: pickle.Class{Module: "pathlib", Name: row.flavor}, Args: row.parts}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if v, err := pickle.Loads(data, nil); v != any(pickle.Path{Flavor: row.flavor, Name: row.want}) || err != nil {
			t.Errorf("%s%v: got %v, %v", row.flavor, row.parts, v, err)
		}
	}
}

// TestMemoEntryGivenAnew completes a UUID whose entry in the memo was given to
// another value meanwhile, and one that has none.
func TestMemoEntryGivenAnew(t *testing.T) {
	const made, done = "(cuuid\nUUID\n)\x81", "}X\x03\x00\x00\x00intK\x05sb"
	for data, want := range map[string]string{
		made + "q\x00" + done + "h\x00t.":        "(UUID('00000000-0000-0000-0000-000000000005'), UUID('00000000-0000-0000-0000-000000000005'))",
		made + "q\x00Nq\x000" + done + "h\x00t.": "(UUID('00000000-0000-0000-0000-000000000005'), None)",
		made + "q\x00)q\x000" + done + "h\x00t.": "(UUID('00000000-0000-0000-0000-000000000005'), ())",
		made + done + "t.":                       "(UUID('00000000-0000-0000-0000-000000000005'),)",
	} {
		if v, err := pickle.Loads([]byte(data), nil); err != nil || pickle.Repr(v) != want {
			t.Errorf("%q: got %s, %v, want %s", data, pickle.Repr(v), err, want)
		}
	}
}
