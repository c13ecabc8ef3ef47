package pickle_test

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// python is a running testdata/oracle.py.
type python struct {
	name   string
	path   string
	major  int
	minor  int
	cmd    *exec.Cmd
	stderr bytes.Buffer
	in     io.WriteCloser
	out    *bufio.Reader
	buffer []byte
}

// pythons returns the interpreters to ask: those in DJSESSION_TEST_PYTHONS, a
// list, or else those found. Where there are none the test is skipped, or fails
// if DJSESSION_TEST_REQUIRE is set.
func pythons(t testing.TB) []string {
	paths := findPythons()
	if len(paths) == 0 {
		if os.Getenv("DJSESSION_TEST_REQUIRE") == "1" {
			t.Fatal("no Python found; name some in DJSESSION_TEST_PYTHONS")
		}
		t.Skip("no Python found")
	}
	return paths
}

var findPythons = sync.OnceValue(func() []string {
	if list := os.Getenv("DJSESSION_TEST_PYTHONS"); list != "" {
		return filepath.SplitList(list)
	}
	var found []string
	home, _ := os.UserHomeDir()
	for _, version := range []string{"2.7", "3.7", "3.13"} {
		paths, _ := filepath.Glob(filepath.Join(home, ".pyenv", "versions", version+"*", "bin", "python"))
		if len(paths) > 0 {
			found = append(found, paths[0])
		}
	}
	if found != nil {
		return found
	}
	for _, name := range []string{"python3", "python2"} {
		if path, err := exec.LookPath(name); err == nil && exec.Command(path, "-c", "").Run() == nil {
			found = append(found, path)
		}
	}
	return found
})

// eachPython runs a test with every interpreter, side by side.
func eachPython(t *testing.T, test func(t *testing.T, py *python)) {
	for _, path := range pythons(t) {
		version, err := exec.Command(path, "-c", "import sys; sys.stdout.write('%d.%d' % sys.version_info[:2])").Output()
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		t.Run("python"+string(version), func(t *testing.T) {
			t.Parallel()
			test(t, startPython(t, path, string(version)))
		})
	}
}

func startPython(t testing.TB, path, version string) *python {
	t.Helper()
	py := &python{name: version, path: path}
	major, minor, _ := strings.Cut(version, ".")
	py.major, _ = strconv.Atoi(major)
	py.minor, _ = strconv.Atoi(minor)
	py.start(t)
	t.Cleanup(func() { py.stop(t) })
	return py
}

func (py *python) start(t testing.TB) {
	t.Helper()
	py.cmd = exec.Command(py.path, "-u", filepath.Join("testdata", "oracle.py"))
	py.stderr.Reset()
	py.cmd.Stderr = &py.stderr
	py.cmd.Env = append(os.Environ(), "PYTHONHASHSEED=0", "PYTHONDONTWRITEBYTECODE=1")
	in, err := py.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := py.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := py.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	py.in, py.out = in, bufio.NewReader(out)
}

func (py *python) stop(t testing.TB) {
	py.in.Close()
	if err := py.cmd.Wait(); err != nil || t.Failed() {
		t.Logf("python: %v\n%s", err, py.stderr.Bytes())
	}
}

// highest is the highest protocol that the interpreter knows.
func (py *python) highest() int {
	switch {
	case py.major == 2:
		return 2
	case py.minor < 8:
		return 4
	}
	return 5
}

// ask sends a request and returns the reply; what Python raised is an error.
func (py *python) ask(t testing.TB, command byte, data []byte) ([]byte, error) {
	t.Helper()
	reply, raised, err := py.exchange(command, data)
	if err != nil {
		t.Fatal("python is gone: ", err)
	}
	return reply, raised
}

// exchange is ask for requests that may end the interpreter; err says that it
// has.
func (py *python) exchange(command byte, data []byte) (reply []byte, raised, err error) {
	py.buffer = append(py.buffer[:0], command)
	py.buffer = binary.BigEndian.AppendUint32(py.buffer, uint32(len(data)))
	py.buffer = append(py.buffer, data...)
	if _, err := py.in.Write(py.buffer); err != nil {
		return nil, nil, err
	}
	var header [5]byte
	if _, err := io.ReadFull(py.out, header[:]); err != nil {
		return nil, nil, err
	}
	reply = make([]byte, binary.BigEndian.Uint32(header[1:]))
	if _, err := io.ReadFull(py.out, reply); err != nil {
		return nil, nil, err
	}
	if header[0] != '+' {
		return nil, errors.New(string(reply)), nil
	}
	return reply, nil, nil
}

// generate has Python make a random value and returns its pickle; nil if it
// cannot make one of it.
func (py *python) generate(t testing.TB, seed uint64, protocol int, plain bool) []byte {
	t.Helper()
	request := binary.BigEndian.AppendUint64(nil, seed)
	request = append(request, byte(protocol), 0)
	if plain {
		request[9] = 1
	}
	data, err := py.ask(t, 'G', request)
	if tooDeep(err) {
		return nil
	}
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	return data
}

// tooDeep reports whether Python gave up on a value: it cannot pickle objects
// whose arguments contain them.
func tooDeep(err error) bool {
	return err != nil && strings.Contains(err.Error(), "recursion")
}

// baseSeed is where the seeds of random values begin: DJSESSION_TEST_SEED,
// anywhere if that is "random", and else always at the same place, so that a
// test fails for what was changed and not by luck (only the order of a set now
// and then goes by addresses). make fuzz begins anywhere.
var baseSeed = sync.OnceValue(func() uint64 {
	text := os.Getenv("DJSESSION_TEST_SEED")
	if text == "random" {
		return rand.Uint64N(1 << 60)
	}
	seed, err := strconv.ParseUint(cmp.Or(text, "0"), 10, 64)
	if err != nil {
		panic("DJSESSION_TEST_SEED is " + text)
	}
	return seed
})

// eachSeed calls f with one seed after another. A failed test says how to run
// it again with the seed at which it failed.
func eachSeed(t *testing.T, f func(seed uint64, random *rand.Rand)) {
	t.Helper()
	seed := baseSeed()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("again: DJSESSION_TEST_SEED=%d DJSESSION_TEST_ROUNDS=1", seed)
		}
	})
	for range rounds(t) {
		f(seed, rand.New(rand.NewPCG(seed, 1)))
		seed++
	}
}

// rounds is how many random values each test tries with each interpreter;
// DJSESSION_TEST_ROUNDS sets it.
func rounds(t testing.TB) int {
	if text := os.Getenv("DJSESSION_TEST_ROUNDS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if testing.Short() {
		return 100
	}
	return 150
}

func hexOf(data []byte) string {
	if len(data) > 2000 {
		return fmt.Sprintf("%x... (%d bytes)", data[:2000], len(data))
	}
	return fmt.Sprintf("%x", data)
}
