package cli

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// A session is one as it was found.
type session struct {
	*djsession.Record
	Err error // why it cannot be read; it matches djsession.ErrCorrupt or djsession.ErrTooLarge

	Unsigned bool // it is in a cache, where nobody signs
}

// expired reports whether it has ended. Of some in a cache nobody knows until
// when they live, and those live.
func (s *session) expired(now time.Time) bool {
	return !s.Expires.IsZero() && !s.Expires.After(now)
}

// unverified reports whether its signature should be good, and nobody has
// checked.
func (s *session) unverified() bool {
	return s.Err == nil && !s.Unsigned && !s.Encoding.Verified
}

// find returns the session of a key, be it expired or not.
func (a *app) find(ctx context.Context, b *backend, s *site, key string) (*session, error) {
	rec, err := b.Load(ctx, key)
	if errors.Is(err, djsession.ErrNotFound) {
		rec, err = peek(ctx, b, key)
	}
	if rec == nil {
		return nil, err
	}
	found := &session{Record: rec, Err: err, Unsigned: b.Cache != nil}
	return found, a.unverified(ctx, b, s, found)
}

// findArg is find for what an argument means.
func (a *app) findArg(ctx context.Context, b *backend, s *site, arg string) (*session, error) {
	key, err := a.keyOf(ctx, b, s, arg)
	if err != nil {
		return nil, err
	}
	return a.find(ctx, b, s, key)
}

var errSeen = errors.New("seen")

// peek returns a session that may have expired: what a change that is called
// off gets to see.
func peek(ctx context.Context, b *backend, key string) (*djsession.Record, error) {
	m, ok := b.Store.(djsession.Modifier)
	if !ok {
		return nil, djsession.ErrNotFound
	}
	var seen *djsession.Record
	err := m.Modify(ctx, key, func(rec *djsession.Record) error {
		seen = rec
		return errSeen
	})
	if errors.Is(err, errSeen) {
		err = nil
		if seen.Data.Len() == 0 && !seen.Encoding.Verified && seen.Encoding.Size == 0 {
			err = &djsession.CorruptError{Err: djsession.ErrUndecodable}
		}
	}
	return seen, err
}

// unverified reads what could not be verified, with --no-verify.
func (a *app) unverified(ctx context.Context, b *backend, s *site, found *session) error {
	if found.Err == nil || !a.unsafe || b.Text == nil {
		return nil
	}
	text, err := b.Text(ctx, found.Key)
	if err != nil {
		return err
	}
	data, encoding, err := s.codec(djsession.Encoding{}, 0).InspectUnverified(text)
	if err == nil {
		found.Data, found.Encoding, found.Err = data, encoding, nil
	}
	return nil
}

// keyOf returns the session key that an argument means: a key, @ and a
// fingerprint, or a Cookie header.
func (a *app) keyOf(ctx context.Context, b *backend, s *site, arg string) (string, error) {
	if print, ok := strings.CutPrefix(arg, "@"); ok {
		return findFingerprint(ctx, b, print)
	}
	if value, ok := cookieValue(s, arg); ok {
		arg = value
	}
	if !s.validKey(arg) {
		return "", djsession.ErrInvalidKey
	}
	return arg, nil
}

// cookieValue returns the session's value of a Cookie header, the last one as
// in Django.
func cookieValue(s *site, header string) (value string, ok bool) {
	if !strings.Contains(header, s.cookieName+"=") {
		return "", false
	}
	if name, rest, found := strings.Cut(header, ":"); found && strings.EqualFold(strings.TrimSpace(name), "cookie") {
		header = strings.TrimSpace(rest)
	}
	cookies, err := http.ParseCookie(header)
	if err != nil {
		return "", false
	}
	for _, c := range cookies {
		if c.Name == s.cookieName {
			value, ok = c.Value, true
		}
	}
	return value, ok
}

// findFingerprint looks for the key that has a fingerprint. Nothing but a look
// at each key can find it.
func findFingerprint(ctx context.Context, b *backend, print string) (string, error) {
	keys := make([]string, 0, 1)
	err := eachKey(ctx, b, func(key string) {
		if djsession.Fingerprint(key) == print {
			keys = append(keys, key)
		}
	})
	switch {
	case err != nil:
		return "", err
	case len(keys) == 0:
		return "", djsession.ErrNotFound
	case len(keys) > 1:
		return "", hint(fmt.Errorf("%d sessions have the fingerprint %s", len(keys), print), "'djsession list --reveal' shows their keys")
	}
	return keys[0], nil
}

// eachKey visits all session keys.
func eachKey(ctx context.Context, b *backend, visit func(key string)) error {
	if b.DB == nil {
		lister, ok := b.Store.(djsession.Lister)
		if !ok {
			return errNotListed
		}
		for rec, err := range lister.List(ctx, nil) {
			if rec == nil {
				return err
			}
			visit(rec.Key)
		}
		return nil
	}
	rows, err := b.DB.QueryContext(ctx, "SELECT "+b.Dialect.Quote("session_key")+" FROM "+b.Table)
	if err != nil {
		return b.fail("list", err)
	}
	defer rows.Close()
	var key sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&key); err != nil {
			return b.fail("list", err)
		}
		visit(string(key))
	}
	return b.fail("list", rows.Err())
}

var errNotListed = hint(errors.New("this store cannot list its sessions"),
	"memcached, FileBasedCache and DatabaseCache tell a session only to who has its key; with cached_db --store is the database, which can list them")
