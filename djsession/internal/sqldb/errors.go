package sqldb

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/djsession/djsession-go/djsession"
)

// A Problem is what an error of a database means to whoever has to mend it.
type Problem uint8

// The problems that can be told apart.
const (
	Unknown     Problem = iota
	NoTable             // the table, its schema or the database is not there
	NoColumn            // the table has other columns
	ReadOnly            // a replica, a read-only transaction or file
	Refused             // no permission
	NoDatabase          // no database at that place
	Unreachable         // no answer from a server
	TooSlow             // the context ended, or a time limit of the database passed
	Contended           // other transactions were in the way, again and again
	Referenced          // a foreign key of another table, or to another, is in the way
)

var problemTexts = [...]string{
	Unknown:     "the database failed",
	NoTable:     "there is no such table",
	NoColumn:    "the table lacks a column",
	ReadOnly:    "the database is read-only",
	Refused:     "permission denied",
	NoDatabase:  "there is no database there",
	Unreachable: "the database cannot be reached",
	TooSlow:     "the database did not answer in time",
	Contended:   "other transactions were in the way, again and again",
	Referenced:  "a foreign key is in the way",
}

func (p Problem) String() string { return problemTexts[p] }

// An Error says which statement failed on which table, and why. It matches
// [djsession.ErrUnavailable]. Its text never shows a parameter of the
// statement.
type Error struct {
	Op      string // what was done, such as "load"
	Table   string
	Problem Problem
	Err     error    // the driver's
	secrets []string // parameters that a driver may have put into its text
}

func (e *Error) Error() string {
	text := e.Err.Error()
	for _, secret := range e.secrets {
		if len(secret) > 3 {
			text = strings.ReplaceAll(text, secret, "...")
		}
	}
	return fmt.Sprintf("djsession: %s %s: %s: %s", e.Op, e.Table, e.Problem, text)
}

// Unwrap returns the driver's error.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is [djsession.ErrUnavailable].
func (e *Error) Is(target error) bool { return target == djsession.ErrUnavailable }

// Wrap returns err as an [Error], or nil for nil. Parameters are only used to
// keep them out of its text.
func Wrap(d Dialect, op, table string, err error, params ...any) error {
	if err == nil {
		return nil
	}
	e := &Error{Op: op, Table: table, Err: err, Problem: ProblemOf(d, err)}
	for _, p := range params {
		if s, ok := p.(string); ok {
			e.secrets = append(e.secrets, s)
		}
	}
	return e
}

// A ReferenceError says which foreign keys are in the way.
type ReferenceError struct {
	Text string
	Err  error // the driver's, or nil
}

func (e *ReferenceError) Error() string {
	if e.Err == nil {
		return e.Text
	}
	return e.Text + ": " + e.Err.Error()
}

// Unwrap returns the driver's error.
func (e *ReferenceError) Unwrap() error { return e.Err }

// ProblemOf returns what an error means, wrapped or not.
func ProblemOf(d Dialect, err error) Problem {
	var known *Error
	if errors.As(err, &known) {
		return known.Problem
	}
	var referenced *ReferenceError
	if errors.As(err, &referenced) {
		return Referenced
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return TooSlow
	}
	if p := d.problem(err); p != Unknown {
		return p
	}
	var netErr *net.OpError
	if errors.As(err, &netErr) {
		return Unreachable
	}
	return Unknown
}
