package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/place"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/djsession"
)

// find returns the session of a key, be it expired or not.
func (a *app) find(ctx context.Context, b *place.Place, s *settings.Site, key string) (*session, error) {
	rec, err := b.Load(ctx, key)
	if errors.Is(err, djsession.ErrNotFound) {
		rec, err = peek(ctx, b, key)
	}
	if rec == nil {
		return nil, err
	}
	found := &session{Record: rec, Err: err, Unsigned: b.Cache != nil}
	return found, a.readUnverified(ctx, b, s, found)
}

// findArg is find for what an argument means.
func (a *app) findArg(ctx context.Context, b *place.Place, s *settings.Site, arg string) (*session, error) {
	key, err := a.keyOf(ctx, b, s, arg)
	if err != nil {
		return nil, err
	}
	return a.find(ctx, b, s, key)
}

var errSeen = errors.New("seen")

// peek returns a session that may have expired: what a change that is called
// off gets to see.
func peek(ctx context.Context, b *place.Place, key string) (*djsession.Record, error) {
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

// keyOf returns the session key that an argument means: a key, @ and a
// fingerprint, or a Cookie header.
func (a *app) keyOf(ctx context.Context, b *place.Place, s *settings.Site, arg string) (string, error) {
	if print, ok := strings.CutPrefix(arg, "@"); ok {
		return findFingerprint(ctx, b, print)
	}
	if value, ok := cookieValue(s, arg); ok {
		arg = value
	}
	if !s.ValidKey(arg) {
		return "", djsession.ErrInvalidKey
	}
	return arg, nil
}

// cookieValue returns the session's value of a Cookie header, the last one as
// in Django.
func cookieValue(s *settings.Site, header string) (value string, ok bool) {
	if !strings.Contains(header, s.CookieName+"=") {
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
		if c.Name == s.CookieName {
			value, ok = c.Value, true
		}
	}
	return value, ok
}

// findFingerprint looks for the key that has a fingerprint. Nothing but a look
// at each key can find it.
func findFingerprint(ctx context.Context, b *place.Place, print string) (string, error) {
	keys := make([]string, 0, 1)
	err := b.EachKey(ctx, func(key string) {
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
		return "", fail.Hint(fmt.Errorf("%d sessions have the fingerprint %s", len(keys), print), "'djsession list --reveal' shows their keys")
	}
	return keys[0], nil
}

// signedCookie knows the value of a signed-cookie session by its colons, which
// no session key has.
func signedCookie(s *settings.Site, arg string) (string, bool) {
	if value, ok := cookieValue(s, arg); ok {
		arg = value
	}
	return arg, strings.Count(arg, ":") >= 2 && !strings.Contains(arg, "=")
}
