package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
)

// maxInput bounds what is read from stdin: no session is as large.
const maxInput = 64 << 20

// argument is the argument that may be left out, or else what comes from stdin,
// without the end of its last line.
func (a *app) argument(args []string, what string) (string, error) {
	if len(args) > 0 && args[0] != "-" {
		return args[0], nil
	}
	if term.IsTerminal(a.Stdin) {
		a.Say("type or paste the %s, then Ctrl-D", what)
	}
	text, err := io.ReadAll(io.LimitReader(a.Stdin, maxInput+1))
	if err != nil {
		return "", fmt.Errorf("cannot read stdin: %w", err)
	}
	if len(text) > maxInput {
		return "", fmt.Errorf("stdin holds more than %s", human.Bytes(maxInput))
	}
	line := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	if line == "" {
		return "", fail.Usagef("stdin is empty: the %s should come from there, or as an argument", what)
	}
	return line, nil
}

// readInput reads a file, or stdin.
func (a *app) readInput(args []string) ([]byte, error) {
	in := a.Stdin
	if len(args) == 1 && args[0] != "-" {
		file, err := os.Open(args[0])
		if err != nil {
			return nil, fail.File("read", err)
		}
		defer file.Close()
		in = file
	}
	data, err := io.ReadAll(io.LimitReader(in, maxInput+1))
	if err != nil {
		return nil, fmt.Errorf("cannot read: %w", err)
	}
	if len(data) > maxInput {
		return nil, fmt.Errorf("there is more than %s to read", human.Bytes(maxInput))
	}
	return data, nil
}
