package sqldb

import "github.com/djsession/djsession-go/djsession/sqldialect"

// Wrap returns err as a [*sqldialect.Error], or nil for nil.
func Wrap(d Dialect, op, table string, err error, params ...any) error {
	return sqldialect.WrapError(d.Public(), op, table, err, params...)
}

// ProblemOf returns the problem that an error means, wrapped or not.
func ProblemOf(d Dialect, err error) sqldialect.Problem {
	return sqldialect.ProblemOf(d.Public(), err)
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

// Problem returns [sqldialect.ProblemReferenced].
func (e *ReferenceError) Problem() sqldialect.Problem { return sqldialect.ProblemReferenced }
