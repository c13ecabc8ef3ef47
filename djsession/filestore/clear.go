package filestore

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/atomicfile"
	"github.com/djsession/djsession-go/djsession/internal/pause"
)

const defaultBatch = 1000

// ClearExpired implements [djsession.ExpiredClearer]. It reads every file once.
// Several calls, and Django's clearsessions, may run at once: the one that
// removes a file counts it. A file that cannot be read, such as another
// account's, or that stays locked for longer than a save takes, does not end
// the walk: the first such error is returned after it.
func (s *Store) ClearExpired(ctx context.Context, opts *djsession.ClearOptions) (deleted int64, err error) {
	if opts == nil {
		opts = new(djsession.ClearOptions)
	}
	batch := opts.BatchSize
	if batch <= 0 {
		batch = defaultBatch
	}
	failed := s.removeDrafts()
	inBatch := 0
	for key, err := range s.keys(ctx) {
		if err != nil {
			return deleted, err
		}
		gone, err := s.clear(ctx, key)
		if err != nil && failed == nil {
			failed = err
		}
		if !gone {
			continue
		}
		deleted++
		inBatch++
		if deleted == opts.Max {
			break
		}
		if inBatch == batch {
			inBatch = 0
			if opts.Progress != nil {
				opts.Progress(deleted)
			}
			if err := pause.For(ctx, opts.Pause); err != nil {
				return deleted, s.wrap("clear", err)
			}
		}
	}
	if inBatch > 0 && opts.Progress != nil {
		opts.Progress(deleted)
	}
	return deleted, failed
}

// draftMark is in the names of files that are still being written, here and in
// Django, which leaves those of a killed process for ever.
const draftMark = "_out_"

// removeDrafts removes what killed processes left a day ago or before.
func (s *Store) removeDrafts() error {
	isDraft := func(name string) bool {
		key, ok := strings.CutPrefix(name, s.opts.CookieName)
		key, _, marked := strings.Cut(key, draftMark)
		return ok && marked && djsession.ValidKey(key)
	}
	return s.wrap("clear", atomicfile.RemoveDrafts(s.dir, isDraft, time.Now().AddDate(0, 0, -1)))
}

// clear removes a file if its session has expired, and still has when it is
// locked.
func (s *Store) clear(ctx context.Context, key string) (bool, error) {
	if expired, err := s.expired(key); err != nil || !expired {
		return false, err
	}
	defer s.inProcess()()
	patience, cancel := context.WithTimeoutCause(ctx, lockPatience, errLocked)
	defer cancel()
	lock, err := atomicfile.Take(patience, s.path(key))
	if err != nil && ctx.Err() == nil && patience.Err() != nil {
		err = context.Cause(patience)
	}
	if err == nil {
		defer lock.Release()
		var expired bool
		if expired, err = s.expired(key); err != nil || !expired {
			return false, err
		}
		err = atomicfile.Bare(os.Remove(s.path(key)))
	}
	if err = s.wrap("clear", err); errors.Is(err, djsession.ErrNotFound) {
		return false, nil // another process removed it first
	}
	return err == nil, err
}

// lockPatience is how long a walk waits for the lock of one file. Any account
// that can open a file can hold its lock for ever.
const lockPatience = time.Second

var errLocked = errors.New("another process keeps the file locked")

// djangoKey is how long the keys are that Django and this package make.
const djangoKey = 32

// expired reports whether a session is past its end. A session that cannot be
// read is judged by the age of its file. If its key is not one of Django's, the
// file belongs to another site, whose cookie name begins with this one's.
func (s *Store) expired(key string) (bool, error) {
	rec, err := s.read(key)
	switch {
	case errors.Is(err, djsession.ErrTooLarge):
		return false, err // when it ends is in what was not read
	case rec != nil && err != nil && len(key) != djangoKey:
		return false, nil
	case rec != nil:
		return rec.Expires.Before(s.opts.Now()), nil
	case errors.Is(err, djsession.ErrNotFound), errors.Is(err, atomicfile.ErrNotRegular):
		return false, nil
	}
	return false, err
}

// keys yields the keys of all sessions in the directory, in no order, with some
// hundred names in memory at a time. An error ends it.
func (s *Store) keys(ctx context.Context) func(yield func(string, error) bool) {
	return func(yield func(string, error) bool) {
		dir, err := os.Open(s.dir)
		if err != nil {
			yield("", &atomicfile.Error{Op: "list", Dir: s.dir, Err: atomicfile.Bare(err)})
			return
		}
		defer dir.Close()
		for {
			if err := ctx.Err(); err != nil {
				yield("", s.wrap("list", err))
				return
			}
			names, err := dir.Readdirnames(512)
			for _, name := range names {
				key, ok := strings.CutPrefix(name, s.opts.CookieName)
				if ok && djsession.ValidKey(key) && !yield(key, nil) {
					return
				}
			}
			if err == io.EOF {
				return
			}
			if err != nil {
				yield("", &atomicfile.Error{Op: "list", Dir: s.dir, Err: atomicfile.Bare(err)})
				return
			}
		}
	}
}
