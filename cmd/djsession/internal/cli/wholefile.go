package cli

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
)

// writeWhole writes a file that only its owner can read, all of it or nothing:
// under a temporary name next to it, which becomes its name at the end. An
// existing file is replaced or, without replace, an error. It never writes to
// anything but a regular file, such as a symbolic link.
func writeWhole(path string, replace bool, write func(w io.Writer) error) (err error) {
	if err := canBeWritten(path, replace); err != nil {
		return fail.File("write", err)
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp") // for its owner alone
	if err != nil {
		return fail.File("write", &fs.PathError{Path: path, Err: errors.Unwrap(err)})
	}
	defer func() {
		if err != nil {
			file.Close()
			os.Remove(file.Name())
		}
	}()
	if err := write(file); err != nil {
		return err
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return fail.File("write", err)
	}
	if err := canBeWritten(path, replace); err != nil {
		return fail.File("write", err)
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return fail.File("write", err)
	}
	return nil
}

func canBeWritten(path string, replace bool) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !replace:
		return &fs.PathError{Op: "write", Path: path, Err: errors.New("file exists")}
	case !info.Mode().IsRegular():
		return &fs.PathError{Op: "write", Path: path, Err: errors.New("it is not a regular file")}
	}
	return nil
}
