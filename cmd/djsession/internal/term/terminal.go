// Package term is the terminal of one run of the command: its streams, and the
// tables, charts, questions and progress on them. It opens nothing and knows
// no store.
package term

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// A Terminal is the streams and the environment of one run. The streams may be
// pipes or files: then nothing is cut, coloured or asked.
type Terminal struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	LookupEnv      func(name string) (string, bool)
}

// Say writes a line of talk.
func (t *Terminal) Say(format string, args ...any) {
	fmt.Fprintf(t.Stderr, "djsession: "+format+"\n", args...)
}

// env is an environment variable, or "".
func (t *Terminal) env(name string) string {
	value, _ := t.LookupEnv(name)
	return value
}

// IsTerminal reports whether a stream is one that a person reads or types at.
func IsTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Width is that of the terminal on stdout, or a large number where nothing
// needs to be cut.
func (t *Terminal) Width() int { return widthOf(t.Stdout) }

func widthOf(stream any) int {
	if f, ok := stream.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return 1 << 20
}

// colours reports whether a person sees stdout and wants colours.
func (t *Terminal) colours() bool {
	return IsTerminal(t.Stdout) && t.env("NO_COLOR") == "" && t.env("TERM") != "dumb"
}
