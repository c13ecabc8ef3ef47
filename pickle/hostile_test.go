package pickle_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/pickle"
)

// unmarshalBounded decodes data and fails the test if that allocates more than
// a small multiple of it, or takes long.
func unmarshalBounded(t *testing.T, data []byte) (any, error) {
	t.Helper()
	var before, after runtime.MemStats
	start := time.Now()
	runtime.ReadMemStats(&before)
	v, err := pickle.Loads(data, nil)
	runtime.ReadMemStats(&after)
	if got, most := after.TotalAlloc-before.TotalAlloc, uint64(400*len(data)+64<<10); got > most {
		t.Errorf("%d bytes allocated for %d: %s", got, len(data), hexOf(data[:min(len(data), 60)]))
	}
	if took := time.Since(start); took > time.Minute { // a second, on a machine that does nothing else and looks for no races
		t.Errorf("%v for %d bytes", took, len(data))
	}
	var decodeError *pickle.DecodeError
	if err != nil && !errors.As(err, &decodeError) {
		t.Errorf("the error is a %T", err)
	}
	return v, err
}

func TestTruncatedAtEveryByte(t *testing.T) {
	for seed := range uint64(20) {
		g := generator{Rand: rand.New(rand.NewPCG(seed, 3)), py: &python{major: 3, minor: 13}, size: 50}
		v := pickle.Tuple{g.value(0), g.value(0), g.value(0)}
		for protocol := range 6 {
			data, err := pickle.Marshal(v, protocolOf(protocol))
			if err != nil {
				t.Fatal(err)
			}
			if len(data) > 3000 {
				continue
			}
			for n := range data {
				if v, err := pickle.Loads(data[:n], nil); !errors.Is(err, pickle.ErrSyntax) || v != nil {
					t.Fatalf("protocol %d, %d of %d bytes: %v, %v\n%s", protocol, n, len(data), v, err, hexOf(data))
				}
			}
		}
	}
}

// TestOpcodesOnFewValues runs every opcode, with several arguments, on stacks
// that may not hold what it needs.
func TestOpcodesOnFewValues(t *testing.T) {
	stacks := map[string]string{
		"nothing": "", "a mark": "(", "None": "N", "a mark above None": "N(", "an int above a mark": "(K\x01", "a list": "]", "a tuple": ")", "a dict": "}",
		"a class": "cm\nC\n", "a class and a tuple": "cm\nC\n)", "a string": "X\x01\x00\x00\x00a", "a set": "\x8f", "an object": "cm\nC\n)\x81",
		"two lists": "]]", "three Nones": "NNN", "a list, a mark, three values": "](NNN", "a dict, a mark, a value": "}(N", "a class, a tuple, a dict": "cm\nC\n)}",
	}
	arguments := []string{"", "\x00", "\n", "\xff\xff\xff\xff\xff\xff\xff\xff", "\x00\x00\x00\x00\x00\x00\x00\x00", "1\n2\n", "'a'\n", "\x01a", "m\nC\n", strings.Repeat("\x80", 300)}
	for name, stack := range stacks {
		for op := range 256 {
			for _, argument := range arguments {
				for _, end := range []string{"", ".", "0.", "e.", "b."} {
					data := []byte(stack + string([]byte{byte(op)}) + argument + end)
					v, err := pickle.Loads(data, nil)
					if err == nil {
						if _, err := pickle.Marshal(v, nil); err != nil && !isTypeError(err) {
							t.Errorf("%s, then %#02x %q: cannot be written: %v", name, op, argument+end, err)
						}
						_ = pickle.Repr(v)
					}
					var listing strings.Builder
					_ = pickle.Disassemble(&listing, data)
				}
			}
		}
	}
}

func isTypeError(err error) bool {
	var typeError *pickle.TypeError
	return errors.As(err, &typeError)
}

func TestHugeLengths(t *testing.T) {
	widths := map[byte]int{
		'T': 4, 'X': 4, 'B': 4, 0x8b: 4, 0x8d: 8, 0x8e: 8, 0x95: 8, 0x96: 8, 'U': 1, 'C': 1, 0x8a: 1, 0x8c: 1, 'r': 4, 'j': 4, 0x84: 4,
	}
	for op, width := range widths {
		for _, n := range []uint64{200, 1 << 20, 1 << 30, 1<<31 - 1, 1 << 31, 1<<32 - 1, 1 << 40, 1<<63 - 1, 1 << 63, 1<<64 - 1} {
			if n>>(8*width-1)>>1 != 0 {
				continue
			}
			data := []byte{'N', op}
			data = append(data, binary.LittleEndian.AppendUint64(nil, n)[:width]...)
			for _, end := range []string{"", ".", strings.Repeat("a", 100) + "."} {
				if _, err := unmarshalBounded(t, append(data, end...)); err == nil && op != 'r' {
					t.Errorf("%#02x of length %d was read", op, n)
				}
			}
		}
	}
}

// hostile are pickles that cost others their memory, their stack or an
// eternity.
func hostile() map[string][]byte {
	nest := func(open, close string, n int) []byte {
		return []byte("\x80\x04" + strings.Repeat(open, n) + "N" + strings.Repeat(close, n) + ".")
	}
	doubling := func(join, end string) []byte {
		data := []byte("\x80\x04K\x01K\x02\x86\x94")
		for i := range 60 {
			data = append(data, fmt.Sprintf("h%[1]ch%[1]c%[2]s\x940", rune(i), join)...)
		}
		return append(data, "h\x3c"+end+"."...)
	}
	// keys is a dict of eight keys, too few for an index, which are then set
	// over and over.
	keys := func(before, format string) []byte {
		data := []byte("\x80\x04" + before + "}(")
		for i := range 8 {
			data = append(data, fmt.Sprintf(format+"q%[2]cN", i, rune(i+9))...)
		}
		return append(data, "u"+strings.Repeat("h\x10Ns", 25000)+"."...)
	}
	slices := []byte("\x80\x04cbuiltins\nslice\n\x94h\x00NNN\x87R\x94")
	for i := range 60 {
		slices = append(slices, fmt.Sprintf("0h\x00h%[1]ch%[1]ch%[1]c\x87R\x94", rune(i+1))...)
	}
	var memos, shared, nans, texts, sets, ints bytes.Buffer
	for i := range uint32(2000) {
		memos.WriteString("N")
		memos.Write(binary.LittleEndian.AppendUint32([]byte{'r'}, i*2000000))
		memos.WriteString("0")
	}
	memos.WriteString("N.")
	shared.WriteString("\x80\x04cbuiltins\nset\n\x940](" + strings.Repeat("K\x01", 20000) + "e\x85\x940]")
	nans.WriteString("\x80\x04}(")
	ints.WriteString("\x80\x04}(")
	texts.WriteString("\x80\x04X")
	texts.Write(binary.LittleEndian.AppendUint32(nil, 100000))
	texts.WriteString(strings.Repeat("a", 100000) + "\x940cm\nC\n\x940}(")
	sets.WriteString("\x80\x04(N\x91\x940")
	for i := range 20000 {
		shared.WriteString("h\x00h\x01Ra")
		nans.WriteString("G\x7f\xf8\x00\x00\x00\x00\x00\x00N")
		ints.WriteString("\x8a\x09" + string(binary.LittleEndian.AppendUint64(nil, uint64(i)<<32)) + "\x01N")
		texts.WriteString("h\x00N")
	}
	shared.WriteString(".")
	nans.WriteString("u.")
	ints.WriteString("u.")
	texts.WriteString("u.")
	for i := range 200 {
		fmt.Fprintf(&sets, "(h%[1]ch%[1]c\x85\x91\x940", rune(i%100))
	}
	sets.WriteString("N.")
	return map[string][]byte{
		"lists in lists": nest("]", "a", 200000), "tuples in tuples": nest("", "\x85", 200000), "dicts in dicts": nest("}N", "s", 200000),
		"marks": nest("(", "t", 200000), "objects in objects": nest("cm\nC\n", "\x85R", 50000), "frozensets in frozensets": nest("(", "\x91", 100000),
		"states in states": nest("cm\nC\n)\x81", "b", 50000), "slices in slices": nest("cbuiltins\nslice\nNN", "\x87R", 40000),
		"a tuple that holds the same twice, and so on": doubling("\x86", ""), "and as a key": doubling("\x86", "}h\x3cNs"),
		"two such tuples as keys":                                 append(doubling("\x86", "")[:len(doubling("\x86", ""))-1], "}h\x3cNsh\x3bh\x3b\x86Ns."...),
		"a list that holds the same twice":                        doubling("](", "")[:200],
		"huge memo numbers":                                       memos.Bytes(),
		"one long list made a set many times":                     shared.Bytes(),
		"many NaNs as keys":                                       nans.Bytes(),
		"many large ints as keys":                                 ints.Bytes(),
		"one long text as a key many times":                       texts.Bytes(),
		"sets in sets":                                            sets.Bytes(),
		"a decimal key with a huge exponent":                      []byte("}cdecimal\nDecimal\n(V1E+999999999999\ntRNscdecimal\nDecimal\n(V1E-99999999999\ntR."),
		"a slice that holds the same thrice, and so on, as a key": append(slices, "}h\x3dNs."...),
		"decimals as keys":                                        keys("cdecimal\nDecimal\nq\x00", "h\x00(V%d.5\ntR"),
		"decimals of many digits as keys":                         keys("cdecimal\nDecimal\nq\x00", "h\x00(V%d"+strings.Repeat("7", 390)+"E-400\ntR"),
		"decimals of more digits as keys":                         keys("cdecimal\nDecimal\nq\x00", "h\x00(V%d"+strings.Repeat("7", 10000)+"\ntR"),
		"fractions as keys":                                       keys("cfractions\nFraction\nq\x00", "h\x00(V%d/1"+strings.Repeat("7", 1000)+"\ntR"),
		"large floats as keys":                                    keys("", "G\x7f\xef\xff\xff\xff\xff\xff%c"),
		"large complex numbers as keys":                           keys("cbuiltins\ncomplex\nq\x00", "h\x00G\x7f\xef\xff\xff\xff\xff\xff%cG\x00\x00\x00\x00\x00\x00\x00\x00\x86R"),
		"slices of tuples as keys":                                keys("cbuiltins\nslice\nq\x00", "h\x00K%c)\x85N\x87R"),
		"an int of many digits":                                   []byte("I" + strings.Repeat("9", 1<<20) + "\n."),
		"a long of many digits":                                   []byte("L" + strings.Repeat("9", 1<<20) + "L\n."),
		"a hexadecimal int of many digits":                        []byte("L0x" + strings.Repeat("f", 1<<20) + "L\n."),
		"an octal int of many digits":                             []byte("L0o" + strings.Repeat("7", 1<<20) + "L\n."),
		"a fraction of many digits":                               []byte("cfractions\nFraction\n(V1/" + strings.Repeat("9", 1<<20) + "\ntR."),
		"an escaped string":                                       []byte("S'" + strings.Repeat(`\x41`, 1<<18) + "'\n."),
		"a path of many parts":                                    []byte("cpathlib\nPurePosixPath\n(" + strings.Repeat("Va\n", 1<<17) + "tR."),
		"a name within a name, and so on":                         []byte("cm\nC\n" + strings.Repeat("p0\n0cbuiltins\ngetattr\n(g0\nVaaaaaaaa\ntR", 20000) + "."),
		"a bounded deque of no length":                            []byte("ccollections\ndeque\n()I0\ntR(" + strings.Repeat("N", 100000) + "e."),
		"many objects made of one list that then grew":            []byte("\x80\x04]\x94cm\nC\n\x94](NNe\x94(" + strings.Repeat("h\x01h\x00\x85R", 100000) + "lh\x00(" + strings.Repeat("h\x02", 100000) + "e0."),
		"an object with many shared arguments":                    []byte("(" + strings.Repeat("N", 10000) + "tp0\n0cm\nC\np1\n0(" + strings.Repeat("g1\ng0\nR", 10000) + "t."),
	}
}

func TestHostile(t *testing.T) {
	for name, data := range hostile() {
		t.Run(name, func(t *testing.T) {
			v, err := unmarshalBounded(t, data)
			if err != nil {
				return
			}
			start := time.Now()
			again, err := pickle.Marshal(v, nil)
			if err != nil {
				t.Fatal(err)
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("%v to write %d bytes", took, len(again))
			}
			if len(again) > 4*len(data)+1000 {
				t.Errorf("%d bytes became %d", len(data), len(again))
			}
			if text := pickle.Repr(v); len(text) > 1<<21 {
				t.Errorf("its repr is %d bytes long", len(text))
			}
			var dst any
			if err := pickle.Assign(&dst, v); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestTooDeep says which of them are refused for their depth.
func TestTooDeep(t *testing.T) {
	for _, name := range []string{"lists in lists", "tuples in tuples", "dicts in dicts", "objects in objects", "states in states", "slices in slices"} {
		if _, err := pickle.Loads(hostile()[name], nil); !errors.Is(err, pickle.ErrTooDeep) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
	l := pickle.NewList()
	for range 50000 {
		l = pickle.NewList(l)
	}
	if _, err := pickle.Marshal(l, nil); !errors.Is(err, pickle.ErrTooDeep) {
		t.Errorf("Marshal: got error %v", err)
	}
}

func TestUnhashable(t *testing.T) {
	for reason, data := range map[string]string{
		"a list as a key":                         "}]Ns.",
		"a dict as a key":                         "}}Ns.",
		"a set as a key":                          "\x80\x04}\x8fNs.",
		"a list in a tuple as a key":              "}(]tNs.",
		"a list in a tuple in a tuple":            "}((]ttNs.",
		"a tuple that holds itself, by a list":    "]p0\n(g0\ntp1\na0}g1\nNs.",
		"a list in a set":                         "\x80\x04\x8f(]\x90.",
		"a list in a frozenset":                   "\x80\x04(]\x91.",
		"a bytearray":                             "}cbuiltins\nbytearray\n)RNs.",
		"a Counter":                               "}ccollections\nCounter\n)RNs.",
		"a deque":                                 "}ccollections\ndeque\n)RNs.",
		"a list in a list of elements":            "cbuiltins\nset\n(](]etR.",
		"a list as a key of pairs of OrderedDict": "ccollections\nOrderedDict\n(](](]NeetR.",
	} {
		if _, err := pickle.Loads([]byte(data), nil); !errors.Is(err, pickle.ErrUnhashable) {
			t.Errorf("%s: got error %v", reason, err)
		}
	}
}

func TestLimits(t *testing.T) {
	data, err := pickle.Marshal([]any{1, 2, 3, []any{4}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		reason string
		opts   pickle.DecodeOptions
		want   error
	}{
		{"just the size", pickle.DecodeOptions{MaxSize: len(data)}, nil},
		{"a byte too long", pickle.DecodeOptions{MaxSize: len(data) - 1}, pickle.ErrTooLarge},
		{"just the objects: two lists and four ints", pickle.DecodeOptions{MaxObjects: 6}, nil},
		{"an object too many", pickle.DecodeOptions{MaxObjects: 5}, pickle.ErrTooLarge},
		{"just the depth", pickle.DecodeOptions{MaxDepth: 2}, nil},
		{"too deep", pickle.DecodeOptions{MaxDepth: 1}, pickle.ErrTooDeep},
	} {
		if v, err := pickle.Loads(data, &row.opts); !errors.Is(err, row.want) || (v == nil) != (err != nil) {
			t.Errorf("%s: got %v, %v", row.reason, v, err)
		}
	}
	if _, err := pickle.Marshal([]any{[]any{1}}, &pickle.EncodeOptions{MaxDepth: 1}); !errors.Is(err, pickle.ErrTooDeep) {
		t.Errorf("Marshal: got error %v", err)
	}
}

// TestErrorsSayWhere asserts each message once.
func TestErrorsSayWhere(t *testing.T) {
	for data, want := range map[string]string{
		"":                        "pickle: malformed data: no STOP opcode (end of data at offset 0)",
		"N":                       "pickle: malformed data: no STOP opcode (end of data at offset 1)",
		"N0.":                     "pickle: malformed data: stack is empty (STOP at offset 2)",
		"(.":                      "pickle: malformed data: a mark where a value belongs (STOP at offset 1)",
		"Nt.":                     "pickle: malformed data: no mark (TUPLE at offset 1)",
		"K":                       "pickle: malformed data: cut short (BININT1 at offset 0)",
		"\xff":                    "pickle: malformed data: unknown opcode (opcode 0xff at offset 0)",
		"\x80\x06N.":              "pickle: malformed data: unknown protocol (PROTO at offset 0)",
		"g1\n.":                   "pickle: malformed data: no such memo entry (GET at offset 0)",
		"X\x01\x00\x00\x00\xff.":  "pickle: malformed data: not UTF-8 (BINUNICODE at offset 0)",
		"}]Ns.":                   "pickle: unhashable key (SETITEM at offset 3)",
		"Pid\n.":                  "pickle: not supported without an option: persistent id, see PersistentLoad (PERSID at offset 0)",
		"\x97.":                   "pickle: not supported without an option: out-of-band buffer, see Buffers (NEXT_BUFFER at offset 0)",
		"\x82\x01.":               "pickle: not supported without an option: extension code, see Extensions (EXT1 at offset 0)",
		"U\x01\xff.":              "pickle: malformed data: str of Python 2 that is not ASCII, see Encoding (SHORT_BINSTRING at offset 0)",
		"N)R.":                    "pickle: malformed data: calling what is no class (REDUCE at offset 2)",
		"NNa.":                    "pickle: malformed data: appending to what is no list (APPEND at offset 2)",
		"N" + "cm\nC\n)\x81NbNb.": "pickle: not supported without an option: state given twice (BUILD at offset 11)",
	} {
		if _, err := pickle.Loads([]byte(data), nil); err == nil || err.Error() != want {
			t.Errorf("%q:\ngot  %v\nwant %s", data, err, want)
		}
	}
}
