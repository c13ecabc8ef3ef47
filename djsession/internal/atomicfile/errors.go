package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/djsession/djsession-go/djsession"
)

// An Error says which operation failed in which directory, and why. It matches
// [djsession.ErrUnavailable]. Its text does not name the file, whose name holds
// a session key.
type Error struct {
	Op  string // what was done, such as "load"
	Dir string
	Err error // the system's, such as fs.ErrPermission
}

func (e *Error) Error() string {
	return fmt.Sprintf("djsession: %s a file in %s: %v", e.Op, e.Dir, e.Err)
}

// Unwrap returns the system's error.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is [djsession.ErrUnavailable].
func (e *Error) Is(target error) bool { return target == djsession.ErrUnavailable }

// Wrap says what an error means to a store of files in a directory. A missing
// file means a missing session only if the directory exists. Errors of package
// djsession are returned as they are.
func Wrap(op, dir string, err error) error {
	for _, own := range []error{nil, djsession.ErrNotFound, djsession.ErrKeyExists, djsession.ErrInvalidKey, djsession.ErrCorrupt, djsession.ErrTooLarge, djsession.ErrRaces} {
		if errors.Is(err, own) {
			return err
		}
	}
	switch {
	case errors.Is(err, fs.ErrExist):
		return djsession.ErrKeyExists
	case errors.Is(err, fs.ErrNotExist):
		missing := missing(dir)
		if missing == nil {
			return djsession.ErrNotFound
		}
		err = missing
	}
	return &Error{Op: op, Dir: dir, Err: Bare(err)}
}

// missing returns why a directory is not there, or nil if it is.
func missing(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return Bare(err)
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a directory", filepath.Base(dir))
	}
	return nil
}

// Bare returns what went wrong without the path, in which a session key may be.
func Bare(err error) error {
	var pathErr *fs.PathError
	var linkErr *os.LinkError
	switch {
	case errors.As(err, &pathErr):
		return pathErr.Err
	case errors.As(err, &linkErr):
		return linkErr.Err
	}
	return err
}
