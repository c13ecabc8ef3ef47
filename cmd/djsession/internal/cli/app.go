// Package cli is the djsession command. The command of a name is in the file
// cmd_NAME.go, and a help topic in topic_NAME.go. Files that begin with list_,
// show_, import_, migrate_ or forward_ are parts of those commands. The others
// are what commands share: root.go has the tree of commands, open.go opens the
// place of the sessions, find.go, filter.go and walk.go find sessions, and
// targets.go changes those that were found.
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

	"github.com/spf13/pflag"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
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
	*term.Terminal
	config settings.Source
	now    func() time.Time

	json   bool // --json
	reveal bool // --reveal
	unsafe bool // --no-verify
}

func newApp(stdin io.Reader, stdout, stderr io.Writer, lookupEnv func(string) (string, bool)) *app {
	a := &app{Terminal: &term.Terminal{Stdin: stdin, Stdout: stdout, Stderr: stderr, LookupEnv: lookupEnv}, now: time.Now}
	a.config = settings.Source{LookupEnv: lookupEnv, Now: func() time.Time { return a.now() }, Say: a.Say}
	return a
}

func (a *app) run(ctx context.Context, args []string) int {
	root, running := a.rootCommand()
	root.SetArgs(args)
	root.SetIn(a.Stdin)
	root.SetOut(a.Stdout)
	root.SetErr(a.Stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return fail.Done
	}
	if !*running { // cobra refused the arguments
		err = fail.Hint(fail.AsUsage(err), "see '"+cmd.CommandPath()+" --help'")
	}
	return a.report(ctx, err)
}

// settings are what flags, environment and file say of the site.
func (a *app) settings() (*settings.Site, error) { return a.config.Site() }

// globalFlags are those of every command.
func (a *app) globalFlags(flags *pflag.FlagSet) {
	a.config.AddFlags(flags)
	flags.BoolVar(&a.json, "json", false, "print JSON, for programs")
	flags.BoolVar(&a.reveal, "reveal", false, "show session keys and credentials")
	flags.BoolVar(&a.unsafe, "no-verify", false, "show sessions whose signature cannot be verified")
}

// report says on stderr what went wrong, and returns the exit status.
func (a *app) report(ctx context.Context, err error) int {
	if ctx.Err() != nil { // whatever failed because of that
		a.Say("interrupted")
		return fail.Failed
	}
	a.Say("%s", human.Printable(fail.Message(err)))
	for _, h := range fail.HintsOf(err) {
		a.Say("hint: %s", human.Printable(h))
	}
	return fail.StatusOf(err)
}
