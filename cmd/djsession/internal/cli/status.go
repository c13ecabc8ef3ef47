package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/signing"
)

// The exit statuses.
const (
	statusDone         = 0
	statusFailed       = 1
	statusUsage        = 2
	statusNotFound     = 3 // or expired
	statusBadSignature = 4
	statusFindings     = 5
	statusUnreadable   = 6
)

// A failure is an error and what the command makes of it.
type failure struct {
	err    error
	status int      // 0 if the error says it itself
	hints  []string // what is likely to be wrong, and what to do: a line each
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// withStatus gives an error an exit status.
func withStatus(status int, err error) error { return &failure{err: err, status: status} }

func usageError(err error) error { return withStatus(statusUsage, err) }

func usagef(format string, args ...any) error { return usageError(fmt.Errorf(format, args...)) }

// hint adds what is likely to be wrong. Hints of the outermost error are the
// ones that are shown.
func hint(err error, hints ...string) error { return &failure{err: err, hints: hints} }

// report says on stderr what went wrong, and returns the exit status.
func (a *app) report(ctx context.Context, err error) int {
	if ctx.Err() != nil { // whatever failed because of that
		a.say("interrupted")
		return statusFailed
	}
	a.say("%s", printable(oneLine(withoutPackages.Replace(err.Error()))))
	for _, h := range hintsOf(err) {
		a.say("hint: %s", printable(h))
	}
	return statusOf(err)
}

// withoutPackages takes out which package said it: that is for programmers.
var withoutPackages = strings.NewReplacer("djsession: ", "", "signing: ", "", "pickle: ", "", "auth: ", "", "hashers: ", "")

// say writes a line of talk.
func (a *app) say(format string, args ...any) {
	fmt.Fprintf(a.stderr, "djsession: "+format+"\n", args...)
}

func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }), " ")
}

func statusOf(err error) int {
	for e := err; e != nil; e = errors.Unwrap(e) {
		if f, ok := e.(*failure); ok && f.status != 0 {
			return f.status
		}
	}
	switch {
	case errors.Is(err, djsession.ErrNotFound), errors.Is(err, signing.ErrSignatureExpired):
		return statusNotFound
	case errors.Is(err, signing.ErrBadSignature):
		return statusBadSignature
	case errors.Is(err, djsession.ErrInvalidKey):
		return statusUsage
	}
	return statusFailed
}

func statusTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Exit statuses",
		Long: `djsession exits with

  0  if it did what it was asked to
  1  if it failed: the store cannot be reached, a session cannot be decoded, a file cannot be written
  2  if it was not called as its help says
  3  if a session was not found, or has expired
  4  if a signature is not valid, or a password is wrong
  5  if it did what it was asked to and found something: audit sessions that an upgrade would lose, migrate some that it left as
     they were, doctor a mistake, import an export without its last line
  6  if it did what it was asked to with the sessions that it could read, and there are others: list, show, expire, delete and
     logout do not know whether those are among the ones that were asked for, export and migrate left them out

What went wrong is a line on stderr that begins with "djsession:". A second one that begins with "djsession: hint:" says what
the likely reason is, and what to do.`,
	}
}
