// Package atomicfile reads, replaces and locks small files that other programs
// replace at the same time, as Django's file-based backends do: each version of
// a file is written next to it and then renamed over it, so no reader sees half
// of one.
package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// ErrTooLarge says that a file is larger than the caller reads.
var ErrTooLarge = errors.New("the file is too large")

// ErrNotRegular says that a directory, a pipe or a device has the file's name.
var ErrNotRegular = errors.New("it is no regular file")

// A Version is a file as it was when it was read.
type Version struct {
	Data []byte
	Info fs.FileInfo
}

// Read returns the file's present version. A file that is not there is an error
// that matches fs.ErrNotExist; a pipe in its place does not hang.
func Read(path string, maxSize int64) (*Version, error) {
	f, err := open(path, os.O_RDONLY)
	if err != nil {
		return nil, Bare(err)
	}
	defer f.Close()
	return read(f, maxSize)
}

func read(f *os.File, maxSize int64) (*Version, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, Bare(err)
	}
	v := &Version{Info: info}
	switch {
	case !info.Mode().IsRegular():
		return nil, ErrNotRegular
	case info.Size() > maxSize:
		return v, ErrTooLarge
	}
	v.Data = make([]byte, info.Size())
	n, err := io.ReadFull(f, v.Data)
	v.Data = v.Data[:n]
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil // another program shortened the file in place; the reader judges what is left
	}
	return v, Bare(err)
}

// A Draft is a new version of a file, whole and on disk, that has not taken its
// place yet.
type Draft struct {
	path string
	info fs.FileInfo
}

// NewDraft writes a version of a file next to it, readable by its owner only.
// Its name begins with prefix. If the time is not zero, it becomes the draft's
// modification time. The caller must Discard the draft in any case.
func NewDraft(dir, prefix string, data []byte, changed time.Time) (d *Draft, err error) {
	f, err := os.CreateTemp(dir, prefix+"*")
	if err != nil {
		return nil, Bare(err)
	}
	d = &Draft{path: f.Name()}
	_, err = f.Write(data)
	if err == nil && !changed.IsZero() {
		err = os.Chtimes(d.path, changed, changed)
	}
	if err == nil {
		d.info, err = f.Stat()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		d.Discard()
		return nil, Bare(err)
	}
	return d, nil
}

// RemoveDrafts removes the drafts in a directory that were written before a
// time, by a process that was killed before it could discard them.
func RemoveDrafts(dir string, isDraft func(name string) bool, before time.Time) error {
	f, err := os.Open(dir)
	if err != nil {
		return Bare(err)
	}
	defer f.Close()
	for {
		names, err := f.Readdirnames(512)
		for _, name := range names {
			if !isDraft(name) {
				continue
			}
			path := filepath.Join(dir, name)
			if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && info.ModTime().Before(before) {
				os.Remove(path)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return Bare(err)
		}
	}
}

// Create puts the draft at a path where nothing is, else it is an error that
// matches fs.ErrExist.
func (d *Draft) Create(path string) error {
	err := os.Link(d.path, path)
	if err == nil || errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
		return Bare(err)
	}
	return d.createWithoutLinks(path)
}

// createWithoutLinks takes the name with an empty file first, as Django does.
func (d *Draft) createWithoutLinks(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return Bare(err)
	}
	f.Close()
	if err := os.Rename(d.path, path); err != nil {
		os.Remove(path)
		return Bare(err)
	}
	return nil
}

// Overwrite puts the draft at a path, whatever is there.
func (d *Draft) Overwrite(path string) error { return Bare(os.Rename(d.path, path)) }

// Replace puts the draft in the place of a file. If there is none, that is an
// error that matches fs.ErrNotExist. Where the system can exchange two names in
// one step, a file that another process deletes at the same moment does not
// come back.
func (d *Draft) Replace(path string) error {
	err := exchange(d.path, path)
	if errors.Is(err, errors.ErrUnsupported) {
		return d.replaceWithoutExchange(path)
	}
	return Bare(err)
}

// replaceWithoutExchange looks first.
func (d *Draft) replaceWithoutExchange(path string) error {
	if _, err := os.Lstat(path); err != nil {
		return Bare(err)
	}
	return Bare(os.Rename(d.path, path))
}

// displaced returns what the draft took the place of, or nil where the system
// keeps no trace of that.
func (d *Draft) displaced(maxSize int64) (*Version, error) {
	v, err := Read(d.path, maxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return v, err
}

// takeBack restores the file that the draft displaced, unless the file is gone
// or another process has replaced the draft too.
func (d *Draft) takeBack(path string) {
	if exchange(d.path, path) != nil {
		return
	}
	if now, err := os.Stat(d.path); err == nil && !same(now, d.info) {
		exchange(d.path, path)
	}
}

// Discard removes the draft, or what it displaced.
func (d *Draft) Discard() { os.Remove(d.path) }

// same reports whether it is the same version of a file.
func same(a, b fs.FileInfo) bool { return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) }
