package pickle_test

import (
	"errors"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/pickle"
)

// TestDisassembleAsPython compares listings with those of pickletools.dis, also
// of pickles that were cut or changed: the lines up to the error must be the
// same.
func TestDisassembleAsPython(t *testing.T) {
	eachPython(t, func(t *testing.T, py *python) {
		if py.major == 2 {
			t.Skip("Python 2 spells text otherwise")
		}
		eachSeed(t, func(seed uint64, random *rand.Rand) {
			data := py.generate(t, seed, random.IntN(py.highest()+1), false)
			if data == nil || len(data) > 1<<16 {
				return
			}
			for _, data := range [][]byte{data, data[:random.IntN(len(data)+1)], mutated(random, data)} {
				want, err := py.ask(t, 'D', data)
				if err != nil {
					t.Fatal(err)
				}
				listing, failure, _ := strings.Cut(string(want), "\x00")
				var got strings.Builder
				err = pickle.Disassemble(&got, data)
				if py.highest() < 5 && protocol5.MatchString(got.String()) {
					continue // opcodes it does not know yet
				}
				if errors.Is(err, pickle.ErrTooLarge) || errors.Is(err, pickle.ErrTooDeep) {
					continue // our own bounds
				}
				if failure == "IndexError" { // pickletools itself fails, within a line, where a mark is gone that it believes to be there
					listing = listing[:strings.LastIndexByte(listing, '\n')+1]
					got := got.String()
					if err == nil || !strings.HasPrefix(plainText(got), plainText(listing)) {
						t.Fatalf("%v, want %q\n%s\n%s", err, failure, hexOf(data), firstDifference(got, listing))
					}
					continue
				}
				if plainText(got.String()) != plainText(listing) || (err != nil) != (failure != "") {
					t.Fatalf("%v, want %q\n%s\n%s", err, failure, hexOf(data), firstDifference(got.String(), listing))
				}
			}
		})
	})
}

// TestDisassembleNumbers has numbers in lines of text be listed as pickletools
// does, which reads them otherwise than Unpickler.
func TestDisassembleNumbers(t *testing.T) {
	for _, row := range []struct {
		reason, data string
		want         string // "" is an error
	}{
		{"a long of Python 2", "L5L\n.", "LONG       5"},
		{"and of Python 3", "L5\n.", "LONG       5"},
		{"decimal, not octal", "L010L\n.", "LONG       10"},
		{"likewise", "I010\n.", "INT        10"},
		{"nor hexadecimal", "L0x1fL\n.", ""},
		{"a NUL ends no number", "L5\x006L\n.", ""},
		{"likewise", "I5\x006\n.", ""},
		{"underscores are fine", "L1_0L\n.", "LONG       10"},
		{"but not behind a sign", "I-_5\n.", ""},
		{"nor a second sign", "I-+5\n.", ""},
		{"one is", "I+5\n.", "INT        5"},
		{"and blanks", "L 5 L\n.", "LONG       5"},
		{"of ASCII", "I\u00855\n.", ""},
		{"two Ls", "L5LL\n.", ""},
		{"no digits", "LL\n.", ""},
	} {
		var listing strings.Builder
		err := pickle.Disassemble(&listing, []byte(row.data))
		if (err != nil) != (row.want == "") || !strings.Contains(listing.String(), row.want) {
			t.Errorf("%s: %q is listed as %q, %v", row.reason, row.data, &listing, err)
		}
	}
}

// plainText hides what Pythons of different years spell differently: which
// characters can be printed.
func plainText(s string) string { return notASCII.ReplaceAllString(s, "?") }

var protocol5 = regexp.MustCompile(`BYTEARRAY8|NEXT_BUFFER|READONLY_BUFFER`)

var notASCII = regexp.MustCompile(`\\u[0-9a-f]{4}|\\U[0-9a-f]{8}|[^\x00-\x7f]`)

// mutated returns data with a few of its bytes changed.
func mutated(random *rand.Rand, data []byte) []byte {
	changed := append([]byte(nil), data...)
	for range 1 + random.IntN(3) {
		i := random.IntN(len(changed))
		switch random.IntN(3) {
		case 0:
			changed[i] = byte(random.Uint32())
		case 1:
			changed[i] = changed[random.IntN(len(changed))]
		default:
			changed[i]++
		}
	}
	return changed
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range g {
		if i == len(w) {
			return "more than wanted: " + g[i]
		}
		if g[i] != w[i] {
			return "got  " + g[i] + "\nwant " + w[i]
		}
	}
	return "less than wanted: " + strings.Join(w[len(g)-1:], "\n")
}
