package cli

import (
	"fmt"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
)

// unread counts the sessions of a walk that cannot be read. Whether they are
// among those that a command was asked for is not known.
type unread struct {
	seen    int // by the walk, readable or not
	unknown int
}

// unreadError says that sessions could not be read, so that they were not done
// what the command does to others, and what can be done. It is nil if all could
// be read.
func (f *filter) unreadError(a *app, done string) error {
	if f.unread.unknown == 0 {
		return nil
	}
	among := "some that were asked for may be among them"
	if f.whose != nil {
		among = "user " + human.Printable(f.user) + "'s may be among them"
	}
	err := fmt.Errorf("%s, and %s: they were not %s", f.unread, among, done)
	if a.unsafe {
		return fail.WithStatus(fail.Unreadable, fail.Hint(err, "these are damaged, or not sessions that Django wrote"))
	}
	return unreadable(err, "'djsession list --no-verify' shows what seems to be in them")
}

// readable says that only sessions that can be read were looked at, if there
// are others.
func (f *filter) readable() string {
	if f.unread.unknown == 0 {
		return ""
	}
	return " among those that can be read"
}

// String says how many cannot be read.
func (u unread) String() string {
	if u.unknown == u.seen {
		return fmt.Sprintf("none of %s can be read", sessionCount(u.seen))
	}
	return fmt.Sprintf("%d of %s cannot be read", u.unknown, sessionCount(u.seen))
}

// unreadable is an error about sessions that could not be read. More is what
// else can be done.
func unreadable(err error, more ...string) error {
	return fail.WithStatus(fail.Unreadable, fail.Hint(err, append([]string{
		"is it the SECRET_KEY that the site runs with? 'djsession doctor' tells; older keys go into --secret-key-fallbacks-file",
	}, more...)...))
}
