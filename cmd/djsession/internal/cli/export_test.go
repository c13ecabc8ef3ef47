package cli

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
)

// MainAt is [Main] with a clock that stands still.
func MainAt(now time.Time) int {
	a := newApp(os.Stdin, os.Stdout, os.Stderr, os.LookupEnv)
	a.now = func() time.Time { return now }
	return a.run(context.Background(), os.Args[1:])
}

// Commands visits every command and topic that help knows.
func Commands(visit func(cmd *cobra.Command)) {
	root, _ := newApp(nil, nil, nil, nil).rootCommand()
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		visit(cmd)
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(root)
}

// Run is a run with given streams, environment and clock.
func Run(ctx context.Context, now func() time.Time, stdin io.Reader, stdout, stderr io.Writer, env map[string]string, args ...string) int {
	a := newApp(stdin, stdout, stderr, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	a.now = now
	return a.run(ctx, args)
}
