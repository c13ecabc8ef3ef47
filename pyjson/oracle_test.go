package pyjson_test

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/pyjson"
)

// oracle answers each line, a text in hex, with what Python reads and writes of
// it.
const oracle = `
import json, sys
for line in sys.stdin:
    try:
        v = json.loads(bytes.fromhex(line.strip()).decode("latin-1"))
        print(json.dumps(v, separators=(",", ":")))
    except (ValueError, RecursionError):
        print("refused")
`

// TestPythonAgrees asks CPython what it makes of texts, good and bad: the same
// must be accepted, and written the same.
func TestPythonAgrees(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("DJSESSION_TEST_REQUIRE") == "1" {
			t.Fatal(err)
		}
		t.Skip("python3 is not installed")
	}
	texts := append([]string{}, notJSON...)
	random := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		text := string(randomJSON(random, 4))
		texts = append(texts, text, mutate(random, text))
	}
	var in strings.Builder
	for _, text := range texts {
		fmt.Fprintln(&in, hex.EncodeToString([]byte(text)))
	}
	cmd := exec.Command(python, "-c", oracle)
	cmd.Stdin = strings.NewReader(in.String())
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewScanner(strings.NewReader(string(out)))
	answers.Buffer(nil, 1<<20)
	for _, text := range texts {
		answers.Scan()
		got := "refused"
		var v any
		if pyjson.Unmarshal(text, &v) == nil {
			written, err := pyjson.Append(nil, v)
			if err != nil {
				t.Errorf("%q: %v", text, err)
			}
			got = string(written)
		}
		if got != answers.Text() {
			t.Errorf("%q:\nours   %s\nPython %s", text, got, answers.Text())
		}
	}
}

func randomJSON(r *rand.Rand, depth int) []byte {
	kind := r.IntN(9)
	if depth == 0 {
		kind = r.IntN(7)
	}
	switch kind {
	case 0:
		return []byte([]string{"null", "true", "false", "NaN", "Infinity", "-Infinity", "-0", "-0.0", "1E400", "0e0", "1e-400"}[r.IntN(11)])
	case 1:
		return fmt.Append(nil, int64(r.Uint64()))
	case 2:
		return fmt.Append(nil, r.IntN(100))
	case 3:
		return fmt.Appendf(nil, "%v", math.Float64frombits(r.Uint64()&^(1<<62)|uint64(r.IntN(2))<<61))
	case 4:
		return fmt.Appendf(nil, "%.*f", r.IntN(12), r.NormFloat64()*math.Pow10(r.IntN(20)))
	case 5, 6:
		b := []byte{'"'}
		for range r.IntN(8) {
			switch r.IntN(5) {
			case 0:
				b = fmt.Appendf(b, "\\u%04x", r.IntN(0x10000))
			case 1:
				b = fmt.Appendf(b, "\\ud83d\\ude%02X", r.IntN(256))
			case 2:
				b = append(b, '\\', `"\/bfnrt`[r.IntN(8)])
			default:
				if c := byte(' ' + r.IntN(224)); c != '"' && c != '\\' {
					b = append(b, c)
				}
			}
		}
		return append(b, '"')
	case 7:
		b := []byte{'['}
		for i := range r.IntN(5) {
			if i > 0 {
				b = append(b, ',', ' ')
			}
			b = append(b, randomJSON(r, depth-1)...)
		}
		return append(b, ']')
	}
	b := []byte{'{'}
	for i := range r.IntN(5) {
		if i > 0 {
			b = append(b, " ,\n"...)
		}
		b = fmt.Appendf(b, "\"%c\": ", 'a'+r.IntN(4))
		b = append(b, randomJSON(r, depth-1)...)
	}
	return append(b, '}')
}

// mutate breaks a text in one place, or not.
func mutate(r *rand.Rand, text string) string {
	b := []byte(text)
	switch i := r.IntN(len(b)); r.IntN(3) {
	case 0:
		b = append(b[:i], b[i+1:]...)
	case 1:
		b[i] = `0123456789.eE+-"\,:[]{}nNtfaI `[r.IntN(30)]
	case 2:
		b = append(b[:i], append([]byte{byte(r.IntN(256))}, b[i:]...)...)
	}
	return string(b)
}
