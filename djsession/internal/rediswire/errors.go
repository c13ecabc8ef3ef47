package rediswire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/djsession/djsession-go/djsession"
)

// A Problem is the cause of an error of Redis, as far as it can be told.
type Problem uint8

// The problems that can be told apart.
const (
	Unknown     Problem = iota
	Unreachable         // no answer from a server
	TooSlow             // the deadline passed, or the context was cancelled
	Loading             // the server has just started and reads its data
	ReadOnly            // the server is a replica
	Refused             // no permission, or no password
	Full                // out of memory
	ClusterDown         // no server has the key's slot at the moment
)

var problemTexts = [...]string{
	Unknown:     "Redis failed",
	Unreachable: "Redis cannot be reached",
	TooSlow:     "Redis did not answer in time",
	Loading:     "Redis is loading its data",
	ReadOnly:    "this Redis is a replica, and read-only",
	Refused:     "Redis refuses this user or password",
	Full:        "Redis is out of memory",
	ClusterDown: "a part of the Redis cluster is down",
}

func (p Problem) String() string { return problemTexts[p] }

// An Error says what was done, and why it failed. It matches
// [djsession.ErrUnavailable]. Its text never shows a key.
type Error struct {
	Op      string // such as "get"
	Problem Problem
	Err     error // the client's
	key     string
}

func (e *Error) Error() string {
	text := e.Err.Error()
	if e.key != "" {
		text = strings.ReplaceAll(text, e.key, "...")
	}
	return fmt.Sprintf("djsession: %s: %s: %s", e.Op, e.Problem, text)
}

// Unwrap returns the client's error.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is [djsession.ErrUnavailable].
func (e *Error) Is(target error) bool { return target == djsession.ErrUnavailable }

var errWrongType = fmt.Errorf("%w: another data type than a string is stored there", djsession.ErrUndecodable)

// Wrap returns err as an [Error], or nil for nil. A value that is not a string
// is djsession.ErrCorrupt.
func Wrap(op, key string, err error) error {
	if err == nil {
		return nil
	}
	if strings.HasPrefix(err.Error(), "WRONGTYPE") {
		return &djsession.CorruptError{Err: errWrongType}
	}
	return &Error{Op: op, Problem: problemOf(err), Err: err, key: key}
}

// prefixes begin the errors that servers send.
var prefixes = []struct {
	text    string
	problem Problem
}{
	{"LOADING", Loading}, {"BUSY", TooSlow}, {"READONLY", ReadOnly}, {"MASTERDOWN", ReadOnly}, {"NOREPLICAS", ReadOnly},
	{"NOAUTH", Refused}, {"WRONGPASS", Refused}, {"NOPERM", Refused}, {"ERR invalid password", Refused},
	{"OOM", Full}, {"MISCONF", Full},
	{"CLUSTERDOWN", ClusterDown}, {"TRYAGAIN", ClusterDown}, {"MOVED", ClusterDown}, {"ASK", ClusterDown},
}

func problemOf(err error) Problem {
	for _, p := range prefixes {
		if strings.HasPrefix(err.Error(), p.text) {
			return p.problem
		}
	}
	var netErr net.Error
	var opErr *net.OpError
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return TooSlow
	case errors.As(err, &netErr) && netErr.Timeout():
		return TooSlow
	case errors.As(err, &opErr), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return Unreachable
	}
	return Unknown
}
