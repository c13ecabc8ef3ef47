package term

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
)

// ReadPassword asks on a terminal, twice for a new one, or reads the first line
// of stdin.
func (t *Terminal) ReadPassword(ctx context.Context, isNew bool) (string, error) {
	if !IsTerminal(t.Stdin) {
		line, err := bufio.NewReader(io.LimitReader(t.Stdin, 1<<16)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("cannot read stdin: %w", err)
		}
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			return "", fail.Usagef("stdin is empty: its first line should be the password")
		}
		return line, nil
	}
	password, err := t.askPassword(ctx, "password: ")
	if err != nil || !isNew {
		return password, err
	}
	again, err := t.askPassword(ctx, "again: ")
	if err == nil && again != password {
		err = fail.Usagef("that was another password")
	}
	return password, err
}

// askPassword asks without showing what is typed. Ctrl-C leaves the terminal as
// it was.
func (t *Terminal) askPassword(ctx context.Context, prompt string) (string, error) {
	fd := int(t.Stdin.(*os.File).Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	fmt.Fprint(t.Stderr, prompt)
	defer fmt.Fprintln(t.Stderr)
	type answer struct {
		password []byte
		err      error
	}
	answered := make(chan answer, 1)
	go func() {
		password, err := term.ReadPassword(fd)
		answered <- answer{password, err}
	}()
	select {
	case <-ctx.Done():
		return "", errors.Join(ctx.Err(), term.Restore(fd, before))
	case got := <-answered:
		return string(got.password), got.err
	}
}
