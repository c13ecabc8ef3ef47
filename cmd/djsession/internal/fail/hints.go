package fail

import (
	"errors"
	"slices"
	"strings"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/sqldialect"
	"github.com/djsession/djsession-go/signing"
)

// ErrNoKey is for commands that cannot do without the secret key.
var ErrNoKey = Hint(AsUsage(errors.New("no secret key")),
	"name the file of the site's SECRET_KEY with --secret-key-file, or set DJANGO_SECRET_KEY; --no-verify shows sessions without it")

// HintsOf returns what is likely to be wrong: what the error itself brings,
// else what is known of its kind.
func HintsOf(err error) []string {
	for e := err; e != nil; e = errors.Unwrap(e) {
		if f, ok := e.(*failure); ok && len(f.hints) > 0 {
			return f.hints
		}
	}
	var database *sqldialect.Error
	switch {
	case errors.As(err, &database):
		return databaseHints(database)
	case errors.Is(err, signing.ErrNoKey):
		return HintsOf(ErrNoKey)
	case errors.Is(err, signing.ErrSignatureExpired):
		return nil
	case errors.Is(err, signing.ErrBadSignature):
		return []string{"another SECRET_KEY signed it, or it was changed: older keys go into --secret-key-fallbacks-file, and --no-verify shows it all the same"}
	case errors.Is(err, djsession.ErrInvalidKey):
		return []string{"a session key is 8 to 40 characters of a-z and 0-9, unless session_keys is custom; @ and the 8 characters that 'djsession list' shows will do too"}
	case errors.Is(err, signing.ErrTooLarge):
		return []string{"it unpacks to more than any session should hold, so it was not read"}
	}
	return nil
}

// reads reports whether what was refused takes no more than SELECT.
func reads(op string) bool {
	return slices.ContainsFunc([]string{"list", "count", "load", "look", "find"}, func(verb string) bool { return strings.HasPrefix(op, verb) })
}

func databaseHints(err *sqldialect.Error) []string {
	switch err.Problem {
	case sqldialect.ProblemNoTable:
		return []string{"is this the site's database, and has it been migrated? --table and --users-table name tables that are not called as Django calls them"}
	case sqldialect.ProblemNoColumn:
		if strings.Contains(err.Op, "user") {
			return []string{"users_columns in djsession.toml says what this site calls the columns of its users"}
		}
		return []string{"a session table has session_key, session_data and expire_date; --table names another one"}
	case sqldialect.ProblemReadOnly:
		return []string{"--store names a replica, or a file that this user may not write"}
	case sqldialect.ProblemRefused:
		if reads(err.Op) {
			return []string{"grant this user SELECT on the table, or name another user in --store"}
		}
		return []string{"grant this user SELECT, INSERT, UPDATE and DELETE on the table, or name another user in --store"}
	case sqldialect.ProblemNoDatabase:
		return []string{"--store names a file that is no SQLite database"}
	case sqldialect.ProblemUnreachable:
		return []string{"is the server running, and are host and port in --store right?"}
	}
	return nil
}
