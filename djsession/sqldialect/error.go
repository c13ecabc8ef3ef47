package sqldialect

import (
	"fmt"
	"strings"

	"github.com/djsession/djsession-go/djsession"
)

// An Error says which statement failed, on which table and why, as far as the
// driver tells. It matches [djsession.ErrUnavailable]. Its text shows no
// parameter of the statement.
type Error struct {
	Op      string // the operation, such as "load"
	Table   string // as it stands in the database
	Problem Problem
	Err     error    // the driver's
	secrets []string // parameters that a driver may have put into its text
}

// WrapError returns the error of a statement on a table as an [*Error], or nil
// for nil. Op names the operation, such as "count". Params are the statement's
// parameters: they are kept out of the error's text.
func WrapError(d Dialect, op, table string, err error, params ...any) error {
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
