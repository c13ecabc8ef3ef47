//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package atomicfile

import (
	"context"
	"os"
)

// CanLock says whether a [Lock] keeps other processes out.
const CanLock = false

func open(path string, flag int) (*os.File, error) { return os.OpenFile(path, flag, 0) }

// A Lock excludes no other process on this system: it only holds the file's
// present version.
type Lock struct{ path string }

// Take finds that the file is there.
func Take(ctx context.Context, path string) (*Lock, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	_, err := os.Stat(path)
	return &Lock{path}, Bare(err)
}

// Read returns the file's version.
func (l *Lock) Read(maxSize int64) (*Version, error) { return Read(l.path, maxSize) }

// Release does nothing.
func (l *Lock) Release() {}
