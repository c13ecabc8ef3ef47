package filestore

import (
	"context"
	"errors"
	"os"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/atomicfile"
)

// Load implements [djsession.Store]. Unlike Django it leaves the file of an
// expired session to [Store.ClearExpired].
func (s *Store) Load(ctx context.Context, key string) (*djsession.Record, error) {
	if err := check(ctx, key); err != nil {
		return nil, s.wrap("load", err)
	}
	rec, err := s.read(key)
	if rec != nil && !errors.Is(err, djsession.ErrTooLarge) && !s.live(rec) { // what is too large may say when it ends
		return nil, djsession.ErrNotFound
	}
	return rec, err
}

// Create implements [djsession.Store].
func (s *Store) Create(ctx context.Context, rec *djsession.Record) error {
	d, err := s.draft(ctx, rec)
	if err != nil {
		return s.wrap("create", err)
	}
	defer d.Discard()
	return s.wrap("create", d.Create(s.path(rec.Key)))
}

// Update implements [djsession.Store].
func (s *Store) Update(ctx context.Context, rec *djsession.Record) error {
	d, err := s.draft(ctx, rec)
	if err != nil {
		return s.wrap("update", err)
	}
	defer d.Discard()
	defer s.inProcess()()
	lock, err := atomicfile.Take(ctx, s.path(rec.Key))
	if err != nil {
		return s.wrap("update", err)
	}
	defer lock.Release()
	return s.wrap("update", d.Replace(s.path(rec.Key)))
}

// Rekey implements [djsession.Rekeyer]. The new file comes first and goes again
// if the old one is gone, because of those who remove a file only one can have
// done it. A program that ends in between leaves the old session as it was, and
// a new one under a key that no browser has.
func (s *Store) Rekey(ctx context.Context, old string, rec *djsession.Record) error {
	if err := check(ctx, old); err != nil {
		return s.wrap("rekey", err)
	}
	d, err := s.draft(ctx, rec)
	if err != nil {
		return s.wrap("rekey", err)
	}
	defer d.Discard()
	defer s.inProcess()()
	lock, err := atomicfile.Take(ctx, s.path(old))
	if err != nil {
		return s.wrap("rekey", err)
	}
	defer lock.Release()
	if err := d.Create(s.path(rec.Key)); err != nil {
		return s.wrap("rekey", err)
	}
	if err := os.Remove(s.path(old)); err != nil {
		return s.wrap("rekey", errors.Join(atomicfile.Bare(err), atomicfile.Bare(os.Remove(s.path(rec.Key)))))
	}
	return nil
}

// Delete implements [djsession.Store]. It waits for no lock: a logout comes
// before every change that is under way.
func (s *Store) Delete(ctx context.Context, key string) error {
	err := check(ctx, key)
	if err == nil {
		err = atomicfile.Bare(os.Remove(s.path(key)))
	}
	if err = s.wrap("delete", err); errors.Is(err, djsession.ErrNotFound) {
		return nil
	}
	return err
}

// Modify implements [djsession.Modifier] under a lock. Django takes no lock: if
// it saves the session during the call, and the system can exchange two files,
// change is applied to what Django saved.
func (s *Store) Modify(ctx context.Context, key string, change func(rec *djsession.Record) error) error {
	if err := check(ctx, key); err != nil {
		return s.wrap("modify", err)
	}
	defer s.inProcess()()
	var stopped error // by the change or its result
	err := atomicfile.Modify(ctx, s.path(key), s.opts.MaxSize, func(v *atomicfile.Version, err error) (*atomicfile.Draft, error) {
		rec, err := s.decode(key, v, err)
		if rec == nil || errors.Is(err, djsession.ErrTooLarge) {
			return nil, err
		}
		if stopped = change(rec); stopped != nil {
			return nil, stopped
		}
		rec.Key = key
		return s.draft(ctx, rec)
	})
	if stopped != nil {
		return stopped
	}
	return s.wrap("modify", err)
}

// check refuses keys that Django's file backend refuses, and calls that are too
// late.
func check(ctx context.Context, key string) error {
	if !djsession.ValidKey(key) {
		return djsession.ErrInvalidKey
	}
	return ctx.Err()
}

// inProcess keeps the other goroutines out, where the system has no locks that
// would.
func (s *Store) inProcess() (unlock func()) {
	if atomicfile.CanLock {
		return func() {}
	}
	s.mu.Lock()
	return s.mu.Unlock
}

// wrap says what an error of the system means.
func (s *Store) wrap(op string, err error) error {
	var notEncodable *encodeError
	if errors.As(err, &notEncodable) {
		return notEncodable.error
	}
	return atomicfile.Wrap(op, s.dir, err)
}
