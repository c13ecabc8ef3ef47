package sqldialect

import (
	"context"
	"errors"
	"net"
	"strings"
)

// A Problem is the cause of an [Error], as far as it can be told.
type Problem uint8

// The problems.
const (
	ProblemUnknown     Problem = iota
	ProblemNoTable             // the table, its schema or the database does not exist
	ProblemNoColumn            // the table has other columns
	ProblemReadOnly            // a replica, a read-only transaction or file
	ProblemRefused             // no permission
	ProblemNoDatabase          // no database at that place
	ProblemUnreachable         // no answer from a server
	ProblemTooSlow             // the context ended, or a time limit of the database passed
	ProblemContended           // other transactions were in the way, again and again
	ProblemReferenced          // a foreign key of another table, or to another, is in the way
)

var problemTexts = [...]string{
	ProblemUnknown:     "the database failed",
	ProblemNoTable:     "there is no such table",
	ProblemNoColumn:    "the table lacks a column",
	ProblemReadOnly:    "the database is read-only",
	ProblemRefused:     "permission denied",
	ProblemNoDatabase:  "there is no database there",
	ProblemUnreachable: "the database cannot be reached",
	ProblemTooSlow:     "the database did not answer in time",
	ProblemContended:   "other transactions were in the way, again and again",
	ProblemReferenced:  "a foreign key is in the way",
}

func (p Problem) String() string { return problemTexts[p] }

// ProblemOf returns the problem that an error of a driver for d stands for. An
// [*Error] keeps its own.
func ProblemOf(d Dialect, err error) Problem {
	var known *Error
	if errors.As(err, &known) {
		return known.Problem
	}
	var told interface{ Problem() Problem }
	if errors.As(err, &told) {
		return told.Problem()
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return ProblemTooSlow
	}
	if p := d.problem(err); p != ProblemUnknown {
		return p
	}
	var netErr *net.OpError
	if errors.As(err, &netErr) {
		return ProblemUnreachable
	}
	return ProblemUnknown
}

func (d Dialect) problem(err error) Problem {
	switch d {
	case PostgreSQL:
		return postgresProblem(err)
	case MySQL:
		return mysqlProblem(err)
	}
	return sqliteProblem(err)
}

func postgresProblem(err error) Problem {
	var coded interface{ SQLState() string } // lib/pq's and pgx's errors
	if !errors.As(err, &coded) {
		return ProblemUnknown
	}
	switch coded.SQLState() {
	case "42P01", "3F000":
		return ProblemNoTable
	case "42703":
		return ProblemNoColumn
	case "25006":
		return ProblemReadOnly
	case "42501":
		return ProblemRefused
	case "57014", "55P03": // cancelled, by the context, a statement_timeout or a lock_timeout
		return ProblemTooSlow
	case "40001", "40P01": // a serialization failure, a deadlock
		return ProblemContended
	case "23503", "23001": // of a row that is inserted or deleted
		return ProblemReferenced
	}
	return ProblemUnknown
}

// mysqlProblem reads the number off the text, "Error 1146 (42S02): ...", so
// that the driver's type need not be imported.
func mysqlProblem(err error) Problem {
	text := err.Error()
	number, _, _ := strings.Cut(strings.TrimPrefix(text, "Error "), " ")
	switch strings.TrimSuffix(number, ":") {
	case "1146", "1049":
		return ProblemNoTable
	case "1054":
		return ProblemNoColumn
	case "1290", "1792", "1836":
		return ProblemReadOnly
	case "1142", "1044", "1045":
		return ProblemRefused
	case "1205", "3024", "1969": // innodb_lock_wait_timeout, max_execution_time, MariaDB's max_statement_time
		return ProblemTooSlow
	case "1213", "1020", "3101": // a deadlock, MariaDB's innodb_snapshot_isolation, group replication
		return ProblemContended
	case "1451", "1452", "1217", "1216": // of a row that is deleted or inserted
		return ProblemReferenced
	}
	return ProblemUnknown
}

func sqliteProblem(err error) Problem {
	text := err.Error()
	switch {
	case strings.Contains(text, "no such table"):
		return ProblemNoTable
	case strings.Contains(text, "no such column"), strings.Contains(text, "has no column"):
		return ProblemNoColumn
	case strings.Contains(text, "readonly database"):
		return ProblemReadOnly
	case strings.Contains(text, "not a database"), strings.Contains(text, "unable to open"):
		return ProblemNoDatabase
	case strings.Contains(text, "FOREIGN KEY constraint failed"):
		return ProblemReferenced
	case strings.Contains(text, "is locked"): // the database, a table or the schema
		return ProblemContended
	}
	return ProblemUnknown
}
