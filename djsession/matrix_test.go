package djsession_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
)

// TestWhoReadsWhom has a codec with the options of each Django read what every
// Django wrote, and refuse what that one refuses.
func TestWhoReadsWhom(t *testing.T) {
	written := make(map[string]vector)
	for _, v := range vectors(t) {
		if v.What == "encode" && strings.HasPrefix(v.Note, "default serializer, db.SessionStore") {
			written[v.Django] = v
		}
	}
	text, err := os.ReadFile("testdata/matrix.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for line := range strings.Lines(string(text)) {
		var row struct {
			Reader         string
			Reads, Refuses []string
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		if release(row.Reader) < 302 {
			continue // we read more than those: the modern layout too
		}
		opts := &djsession.CodecOptions{RejectLegacy: release(row.Reader) >= 400, AcceptSHA1: release(row.Reader) == 302}
		for _, reads := range []bool{true, false} {
			for _, writer := range map[bool][]string{true: row.Reads, false: row.Refuses}[reads] {
				v, ok := written[writer]
				if !ok {
					continue // no such vector
				}
				checked++
				data, err := djsession.NewCodec(v.Secret, opts).Decode(v.Text)
				want := reads
				if row.Reader == "3.2.25/sha1" && strings.Contains(v.Text, ":") {
					want = true // that setting makes Django blind to newer ones; what is signed with SHA-256 is not worse for us
				}
				if (err == nil) != want || err != nil && !errors.Is(err, djsession.ErrCorrupt) {
					t.Errorf("Django %s reads %s: %v; ours: %v", row.Reader, writer, reads, err)
				} else if foo, _ := dataText(data, "foo"); want && foo != "bar" {
					t.Errorf("Django %s reads %s: foo is %q", row.Reader, writer, foo)
				}
			}
		}
	}
	if checked < 100 {
		t.Errorf("only %d texts were read", checked)
	}
}

func dataText(d *djsession.Data, name string) (string, bool) {
	if d == nil {
		return "", false
	}
	return d.Text(name)
}
