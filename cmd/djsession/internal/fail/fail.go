// Package fail gives errors exit statuses, and hints at what is likely to be
// wrong. All other packages of the command stand on it.
package fail

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/signing"
)

// The exit statuses.
const (
	Done         = 0
	Failed       = 1
	Usage        = 2
	NotFound     = 3 // or expired
	BadSignature = 4
	Findings     = 5
	Unreadable   = 6
)

// A failure is an error and what the command makes of it.
type failure struct {
	err    error
	status int      // 0 if the error says it itself
	hints  []string // what is likely to be wrong, and what to do: a line each
}

func (f *failure) Error() string { return f.err.Error() }

func (f *failure) Unwrap() error { return f.err }

// WithStatus gives an error an exit status.
func WithStatus(status int, err error) error { return &failure{err: err, status: status} }

// AsUsage gives an error the status of a command that was not called as its
// help says.
func AsUsage(err error) error { return WithStatus(Usage, err) }

// Usagef is an error of that kind.
func Usagef(format string, args ...any) error { return AsUsage(fmt.Errorf(format, args...)) }

// Hint adds what is likely to be wrong. Hints of the outermost error are the
// ones that are shown.
func Hint(err error, hints ...string) error { return &failure{err: err, hints: hints} }

// withoutPackages takes out which package said it: that is for programmers.
var withoutPackages = strings.NewReplacer("djsession: ", "", "djsite: ", "", "signing: ", "", "pickle: ", "", "auth: ", "", "hashers: ", "")

// Message is what an error says to people, on one line.
func Message(err error) string { return OneLine(withoutPackages.Replace(err.Error())) }

// OneLine is a text without its line breaks.
func OneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }), " ")
}

// StatusOf is the exit status of an error: the one that it was given, else that
// of its kind.
func StatusOf(err error) int {
	for e := err; e != nil; e = errors.Unwrap(e) {
		if f, ok := e.(*failure); ok && f.status != 0 {
			return f.status
		}
	}
	switch {
	case errors.Is(err, djsession.ErrNotFound), errors.Is(err, signing.ErrSignatureExpired):
		return NotFound
	case errors.Is(err, signing.ErrBadSignature):
		return BadSignature
	case errors.Is(err, djsession.ErrInvalidKey):
		return Usage
	}
	return Failed
}

// File says what was tried with a file, and what the system said.
func File(doing string, err error) error {
	if pathErr, ok := err.(*fs.PathError); ok {
		return fmt.Errorf("cannot %s: %s: %w", doing, pathErr.Path, pathErr.Err)
	}
	return fmt.Errorf("cannot %s: %w", doing, err)
}
