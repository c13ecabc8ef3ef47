package filestore

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/atomicfile"
)

// Load implements [djsession.Store]. Unlike Django it leaves the file of an expired session to [Store.ClearExpired].
func (s *Store) Load(ctx context.Context, key string) (*djsession.Record, error) {
	if err := check(ctx, key); err != nil {
		return nil, s.fail("load", err)
	}
	rec, err := s.read(key)
	if rec != nil && !s.live(rec) {
		return nil, djsession.ErrNotFound
	}
	return rec, err
}

// Create implements [djsession.Store].
func (s *Store) Create(ctx context.Context, rec *djsession.Record) error {
	d, err := s.draft(ctx, rec)
	if err != nil {
		return s.fail("create", err)
	}
	defer d.Discard()
	return s.fail("create", d.Create(s.path(rec.Key)))
}

// Update implements [djsession.Store].
func (s *Store) Update(ctx context.Context, rec *djsession.Record) error {
	d, err := s.draft(ctx, rec)
	if err != nil {
		return s.fail("update", err)
	}
	defer d.Discard()
	lock, err := s.lock(ctx, rec.Key)
	if err != nil {
		return s.fail("update", err)
	}
	defer s.release(lock)
	return s.fail("update", d.Replace(s.path(rec.Key)))
}

// Delete implements [djsession.Store]. It waits for no lock: a logout comes before every change that is under way.
func (s *Store) Delete(ctx context.Context, key string) error {
	err := check(ctx, key)
	if err == nil {
		err = atomicfile.Bare(os.Remove(s.path(key)))
	}
	if err = s.fail("delete", err); errors.Is(err, djsession.ErrNotFound) {
		return nil
	}
	return err
}

// Modify implements [djsession.Modifier] under a lock. What a Django, which takes no lock, has saved meanwhile goes into the session
// before the changes, if the system lets us see it.
func (s *Store) Modify(ctx context.Context, key string, change func(rec *djsession.Record) error) error {
	if err := check(ctx, key); err != nil {
		return s.fail("modify", err)
	}
	lock, err := s.lock(ctx, key)
	if err != nil {
		return s.fail("modify", err)
	}
	defer s.release(lock)
	now, err := lock.Read(s.opts.MaxSize)
	if now == nil {
		return s.fail("modify", err)
	}
	inPlace := now.Info // what our change is to displace
	for {
		rec, err := s.decode(key, now, err)
		if rec == nil {
			return s.fail("modify", err)
		}
		if err := change(rec); err != nil {
			return err
		}
		rec.Key = key
		d, err := s.draft(ctx, rec)
		if err != nil {
			return s.fail("modify", err)
		}
		if err := d.Replace(s.path(key)); err != nil {
			d.Discard()
			return s.fail("modify", err)
		}
		var old *atomicfile.Version
		old, err = d.Displaced(s.opts.MaxSize)
		d.Discard()
		if old == nil {
			return s.fail("modify", err)
		}
		if atomicfile.Same(old.Info, inPlace) {
			return nil
		}
		now, inPlace = old, d.Info
	}
}

// check refuses keys that Django's file backend refuses, and calls that are too late.
func check(ctx context.Context, key string) error {
	if !djsession.ValidKey(key) {
		return djsession.ErrInvalidKey
	}
	return ctx.Err()
}

// lock keeps others of this package from changing a session.
func (s *Store) lock(ctx context.Context, key string) (*atomicfile.Lock, error) {
	if !atomicfile.CanLock {
		s.mu.Lock()
	}
	lock, err := atomicfile.Take(ctx, s.path(key))
	if err != nil && !atomicfile.CanLock {
		s.mu.Unlock()
	}
	return lock, err
}

func (s *Store) release(lock *atomicfile.Lock) {
	lock.Release()
	if !atomicfile.CanLock {
		s.mu.Unlock()
	}
}

// fail says what an error of the system means. Only where the folder is there can a file that is not mean that there is no session.
func (s *Store) fail(op string, err error) error {
	switch {
	case err == nil, errors.Is(err, djsession.ErrInvalidKey), errors.Is(err, djsession.ErrCorrupt):
		return err
	case errors.Is(err, fs.ErrExist):
		return djsession.ErrKeyExists
	case errors.Is(err, fs.ErrNotExist):
		missing := atomicfile.Missing(s.dir)
		if missing == nil {
			return djsession.ErrNotFound
		}
		err = missing
	}
	var notEncodable *encodeError
	if errors.As(err, &notEncodable) {
		return notEncodable.error
	}
	return &Error{Op: op, Dir: s.dir, Err: err}
}
