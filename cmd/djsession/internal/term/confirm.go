package term

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
)

// Confirm asks whether to go on. Without a terminal it requires --yes.
func (t *Terminal) Confirm(ctx context.Context, yes bool, question string) error {
	if yes {
		return nil
	}
	if !IsTerminal(t.Stdin) || !IsTerminal(t.Stderr) {
		return fail.Hint(fail.Usagef("there is no terminal to ask on: %s", question), "--yes does it without asking")
	}
	fmt.Fprintf(t.Stderr, "%s [y/N] ", question)
	answer := make(chan string, 1)
	go func() { // reading a terminal cannot be called off: the process ends first
		line, _ := bufio.NewReader(t.Stdin).ReadString('\n')
		answer <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(t.Stderr)
		return ctx.Err()
	case text := <-answer:
		if text == "y" || text == "yes" {
			return nil
		}
	}
	return errNotDone
}

var errNotDone = errors.New("nothing was done")
