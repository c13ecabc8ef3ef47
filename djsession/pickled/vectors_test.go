package pickled_test

import (
	"bufio"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/pickled"
	"github.com/djsession/djsession-go/pickle"
)

// TestDjangosSessions reads the pickled sessions that Django 1.4 to 4.2
// encoded, at every protocol writes them again, and compares the values with
// what Python's repr says of them.
func TestDjangosSessions(t *testing.T) {
	file, err := os.Open("../testdata/sessions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	checked := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var v struct{ Django, What, Note, Secret, Text, Want string }
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		if v.What != "encode" || !strings.HasPrefix(v.Note, "pickle") {
			continue
		}
		checked++
		for protocol := 2; protocol <= 5; protocol++ {
			opts := &djsession.CodecOptions{Serializer: pickled.New(&pickled.Options{Protocol: protocol}), Now: func() time.Time { return time.Unix(1700000000, 250e6) }}
			if !strings.Contains(v.Text, ":") {
				opts.Layout = djsession.LayoutLegacy
			}
			codec := djsession.NewCodec(v.Secret, opts)
			text := v.Text
			for range 2 { // Django's, then ours
				data, err := codec.Decode(text)
				if err != nil {
					t.Fatalf("Django %s, %s: %v", v.Django, v.Note, err)
				}
				dict, err := pickled.DictOf(data)
				if err != nil {
					t.Fatalf("Django %s, %s: %v", v.Django, v.Note, err)
				}
				if got := pickle.Repr(dict); !sameRepr(got, v.Want) {
					t.Errorf("Django %s, %s, protocol %d: got %s, want %s", v.Django, v.Note, protocol, got, v.Want)
				}
				if text, err = codec.Encode(data); err != nil {
					t.Fatalf("Django %s, %s: %v", v.Django, v.Note, err)
				}
			}
		}
	}
	if checked < 50 {
		t.Errorf("only %d sessions were checked", checked)
	}
}

var (
	oldPrefix = regexp.MustCompile(`\bu'`)
	oldLong   = regexp.MustCompile(`(\d)L\b`)
	oldSet    = regexp.MustCompile(`set\(\[(.*?)\]\)`)
)

// sameRepr compares a repr with the vector's, which is JSON if it can be;
// Python 2 spelled some otherwise and kept no order.
func sameRepr(got, want string) bool {
	want = strings.TrimPrefix(want, "python: ")
	want = oldSet.ReplaceAllString(oldLong.ReplaceAllString(oldPrefix.ReplaceAllString(want, "'"), "$1"), "set({$1})")
	parts := func(s string) []string {
		s = strings.NewReplacer(`"`, "'", ": ", ":", ", ", ",").Replace(strings.Trim(s, "{}"))
		return slices.Sorted(strings.SplitSeq(s, ","))
	}
	return slices.Equal(parts(got), parts(want))
}
