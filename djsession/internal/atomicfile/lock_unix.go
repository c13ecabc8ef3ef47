//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package atomicfile

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// CanLock says whether a [Lock] keeps other processes out.
const CanLock = true

// open does not wait for the other end of a pipe.
func open(path string, flag int) (*os.File, error) {
	return os.OpenFile(path, flag|syscall.O_NONBLOCK, 0)
}

// A Lock keeps others who lock the file from changing it. Django does not lock.
type Lock struct{ f *os.File }

// Take locks a file, and waits while another process holds the lock. The lock
// ends when it is released or the process dies. If there is no file, the error
// matches fs.ErrNotExist.
func Take(ctx context.Context, path string) (*Lock, error) {
	for wait := 50 * time.Microsecond; ; wait = min(2*wait, 5*time.Millisecond) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f, err := open(path, os.O_RDWR)
		if err != nil {
			return nil, Bare(err)
		}
		switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
		case err == nil && current(f, path):
			return &Lock{f}, nil
		case err == nil || err == syscall.EINTR: // the file was replaced before we had its lock
			f.Close()
			continue
		case !errors.Is(err, syscall.EWOULDBLOCK):
			f.Close()
			return nil, Bare(err)
		}
		f.Close()
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
}

// current reports whether the open file is the one that is at the path now, or
// that none is.
func current(f *os.File, path string) bool {
	there, err := os.Stat(path)
	if err != nil {
		return false
	}
	ours, err := f.Stat()
	return err == nil && os.SameFile(ours, there)
}

// Read returns the version that is locked.
func (l *Lock) Read(maxSize int64) (*Version, error) { return read(l.f, maxSize) }

// Release lets others have the lock.
func (l *Lock) Release() { l.f.Close() }
