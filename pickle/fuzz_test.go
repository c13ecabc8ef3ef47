package pickle_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"slices"
	"testing"

	"github.com/djsession/djsession-go/pickle"
)

// addSeeds gives a fuzz target pickles of all kinds and protocols to begin
// with; testdata/fuzz holds others that were worth keeping.
func addSeeds(f *testing.F, except ...string) {
	for _, v := range vectors(f) {
		f.Add(v.data(f))
	}
	for name, data := range hostile() {
		if slices.Contains(except, name) {
			continue
		}
		if len(data) < 500 {
			f.Add(data)
		} else if name == "marks" {
			f.Add(data[:100])
		}
	}
	for seed := range uint64(12) {
		g := generator{Rand: rand.New(rand.NewPCG(seed, 4)), py: &python{major: 3, minor: 13}, size: 60}
		for protocol := range 6 {
			data, err := pickle.Marshal(g.value(0), protocolOf(protocol))
			if err != nil {
				f.Fatal(err)
			}
			if len(data) < 2000 {
				f.Add(data)
			}
		}
	}
}

// FuzzUnmarshal checks that no input misbehaves, that what was read can be
// written at every protocol, and that reading that, writing and reading it once
// more is identity.
func FuzzUnmarshal(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		opts := &pickle.DecodeOptions{Encoding: pickle.EncodingLenient, MaxDepth: 500}
		v, rest, err := pickle.LoadsPrefix(data, opts)
		if err != nil {
			if v != nil || rest != nil {
				t.Fatal("a value beside an error")
			}
			return
		}
		_ = pickle.Repr(v)
		for protocol := range 6 {
			again, err := pickle.Marshal(v, protocolOf(protocol))
			if isTypeError(err) && protocol < 4 {
				continue // names of classes that old protocols cannot spell
			}
			if err != nil {
				t.Fatalf("protocol %d: %v", protocol, err)
			}
			if protocol < 4 {
				continue
			}
			opts := &pickle.DecodeOptions{MaxDepth: 2000}
			second, err := pickle.Loads(again, opts)
			if err != nil {
				t.Fatalf("protocol %d: %v\n%s", protocol, err, hexOf(again))
			}
			third, err := pickle.Marshal(second, protocolOf(protocol))
			if err != nil {
				t.Fatalf("protocol %d: %v", protocol, err)
			}
			back, err := pickle.Loads(third, opts)
			if err != nil {
				t.Fatalf("protocol %d: %v\n%s", protocol, err, hexOf(third))
			}
			if err := sameGraphInOrder(second, back); err != nil {
				t.Fatalf("protocol %d: %v\n%s\n%s", protocol, err, hexOf(again), hexOf(third))
			}
		}
	})
}

// FuzzAgreesWithPython checks that Python and we accept the same pickles, among
// those that are safe to ask about.
func FuzzAgreesWithPython(f *testing.F) {
	addSeeds(f, "and as a key", "two such tuples as keys") // which Python hashes until the sun burns out
	path, version := newPython(f)
	py := startPython(f, path, version)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 1<<16 {
			agrees(t, py, data)
		}
	})
}

// newPython returns an interpreter that can be kept from loading classes.
func newPython(f *testing.F) (path, version string) {
	for _, path := range pythons(f) {
		out, err := exec.Command(path, "-c", "import sys; sys.stdout.write('%d.%d' % sys.version_info[:2])").Output()
		var major, minor int
		if _, scanned := fmt.Sscanf(string(out), "%d.%d", &major, &minor); err == nil && scanned == nil && (major > 3 || major == 3 && minor >= 8) {
			return path, string(out)
		}
	}
	f.Skip("no Python 3.8 or later")
	return "", ""
}

// FuzzDisassemble checks that no input misbehaves and that the listing is in
// proportion to it.
func FuzzDisassemble(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		var n counter
		_ = pickle.Disassemble(&n, data)
		if int(n) > 4200*(len(data)+1) {
			t.Fatalf("%d bytes of listing for %d", n, len(data))
		}
	})
}

type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

var _ io.Writer = (*counter)(nil)
