package pickle_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/pickle"
)

// A vector is what the serializers and caches of a real Django made of a value,
// given as its repr.
type vector struct{ Django, Python, What, Input, Output string }

func vectors(t testing.TB) []vector {
	t.Helper()
	file, err := os.Open("testdata/vectors.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []vector
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		d := json.NewDecoder(strings.NewReader(lines.Text()))
		d.DisallowUnknownFields()
		var v vector
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	if len(all) < 80 || lines.Err() != nil {
		t.Fatalf("%d vectors: %v", len(all), lines.Err())
	}
	return all
}

func (v *vector) data(t testing.TB) []byte {
	data, err := hex.DecodeString(strings.TrimPrefix(v.Output, "hex:"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		value, rest, err := pickle.LoadsPrefix(v.data(t), &pickle.DecodeOptions{Strict: true, Encoding: pickle.EncodingLenient}) // Python 2's datetimes
		if err != nil || len(rest) > 0 {
			t.Errorf("Django %s, %s of %s: %v, %d bytes left", v.Django, v.What, v.Input, err, len(rest))
			continue
		}
		if got := pickle.Repr(value); !sameRepr(got, v.Input) {
			t.Errorf("Django %s, %s: got %s, want %s", v.Django, v.What, got, v.Input)
		}
		for protocol := range 6 {
			again, err := pickle.Marshal(value, protocolOf(protocol))
			if err != nil {
				t.Fatal(err)
			}
			// Only datetime.datetime is shorter here: its module's name and its
			// own are one string in Go.
			if data := v.data(t); data[1] == byte(protocol) && strings.HasPrefix(v.Python, "3") && !strings.Contains(v.Input, "datetime") && !bytes.Equal(again, data) {
				t.Errorf("Django %s, %s of %s: wrote\n%x, Python wrote\n%x", v.Django, v.What, v.Input, again, data)
			}
			back, err := pickle.Loads(again, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := sameGraph(value, back); err != nil {
				t.Errorf("Django %s, %s at protocol %d: %v", v.Django, v.What, protocol, err)
			}
		}
	}
}

var (
	oldPrefix = regexp.MustCompile(`\bu'`)
	oldLong   = regexp.MustCompile(`(\d)L\b`)
	oldSet    = regexp.MustCompile(`set\(\[(.*?)\]\)`)
)

// sameRepr compares reprs of dicts; Python 2 spelled some otherwise, and old
// Pythons kept no order.
func sameRepr(got, want string) bool {
	want = oldSet.ReplaceAllString(oldLong.ReplaceAllString(oldPrefix.ReplaceAllString(want, "'"), "$1"), "set({$1})")
	parts := func(s string) []string { return slices.Sorted(strings.SplitSeq(strings.Trim(s, "{}"), ", ")) }
	return slices.Equal(parts(got), parts(want))
}
