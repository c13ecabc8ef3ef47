package pickles

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// python runs a program in python3 and returns what it prints; false if there
// is no python3.
func python(b *testing.B, program, input string) (string, bool) {
	path, err := exec.LookPath("python3")
	if err != nil {
		return "", false
	}
	cmd := exec.Command(path, "-c", program)
	cmd.Stdin = strings.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		b.Logf("no python3: %v: %s", err, stderr.String())
		return "", false
	}
	return strings.TrimSpace(string(out)), true
}

// rewritten returns a pickle as Python writes it, so that all read what Python
// wrote.
func rewritten(b *testing.B, data []byte, protocol int) []byte {
	out, ok := python(b, fmt.Sprintf(`
import pickle, sys
print(pickle.dumps(pickle.loads(bytes.fromhex(sys.stdin.read())), %d).hex())
`, protocol), hex.EncodeToString(data))
	if !ok {
		return data
	}
	again, err := hex.DecodeString(out)
	if err != nil {
		b.Fatal(err)
	}
	return again
}

// timeInC returns the nanoseconds of the processor's time that C takes to load
// or dump a session, the median of several measurements as testing's are
// averages; 0 if there is no Python.
func timeInC(b *testing.B, call string, s *session) float64 {
	out, ok := python(b, fmt.Sprintf(`
import pickle, statistics, sys, time, timeit
data = bytes.fromhex(sys.stdin.read())
value = pickle.loads(data)
assert pickle.loads.__module__ == "_pickle"
call = {"loads": lambda: pickle.loads(data), "dumps": lambda: pickle.dumps(value, %d)}[%q]
n = timeit.Timer(call).autorange()[0] // 4 + 1
print(statistics.median(timeit.repeat(call, timer=time.process_time, number=n, repeat=9)) / n * 1e9)
`, s.protocol, call), hex.EncodeToString(s.data))
	if !ok {
		return 0
	}
	ns, err := strconv.ParseFloat(out, 64)
	if err != nil {
		b.Fatal(err)
	}
	return ns
}
