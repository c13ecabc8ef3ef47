// Package cli is the djsession command: each of its commands in a file of its
// own, and what they share.
//
// The rules of what it says: stdout is data and stderr is talk. What it says on
// stderr is a line that begins with "djsession:", in small letters and without
// a full stop. Session keys, credentials and secrets are shown only with
// --reveal; secret keys and passwords never.
package cli

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"
)

// Main runs the command with this process's arguments, environment and streams,
// and returns its exit status.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second Ctrl-C does not ask
	return newApp(os.Stdin, os.Stdout, os.Stderr, os.LookupEnv).run(ctx, os.Args[1:])
}

// An app is one run of the command.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	lookupEnv      func(name string) (string, bool)
	now            func() time.Time

	flags  map[string]*string // of the settings, by their flags' names
	given  func(flag string) bool
	config string // --config
	json   bool   // --json
	reveal bool   // --reveal
	unsafe bool   // --no-verify

	resolved *site // what flags, environment and file come to; see settings
}

func newApp(stdin io.Reader, stdout, stderr io.Writer, lookupEnv func(string) (string, bool)) *app {
	return &app{stdin: stdin, stdout: stdout, stderr: stderr, lookupEnv: lookupEnv, now: time.Now, flags: make(map[string]*string)}
}

func (a *app) run(ctx context.Context, args []string) int {
	root, running := a.rootCommand()
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return statusDone
	}
	if !*running { // cobra refused the arguments
		err = hint(usageError(err), "see '"+cmd.CommandPath()+" --help'")
	}
	return a.report(ctx, err)
}

// isTerminal reports whether a stream is one that a person reads or types at.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// env is an environment variable, or "".
func (a *app) env(name string) string {
	value, _ := a.lookupEnv(name)
	return value
}
