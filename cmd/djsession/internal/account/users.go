// Package account has the users of a site: who is logged in by a session, and
// which sessions are one user's.
package account

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/cmd/djsession/internal/place"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
)

// A Users is a site's users, and whether a session is one of theirs.
type Users struct {
	*dbusers.Users
	Site *settings.Site
	own  *place.Place // the users' database, if it is not that of the sessions
}

// Close lets go of the users, and of their database if it is their own.
func (u *Users) Close() error {
	err := u.Users.Close()
	if u.own != nil {
		err = errors.Join(err, u.own.Close())
	}
	return err
}

// Open opens the users, who are in the database of the sessions unless
// users_store names another. Close them in the end.
func Open(ctx context.Context, b *place.Place, s *settings.Site) (*Users, error) {
	u := &Users{Site: s}
	if store := s.Values["users_store"]; store != "" {
		var err error
		if u.own, err = place.Open(ctx, s, store); err != nil {
			return nil, err
		}
		b = u.own
	}
	if b == nil || b.Users == nil {
		return nil, fail.Hint(fail.Usagef("users are in a database, and the sessions are not"), "name it with --users-store, or users_store in "+settings.FileName)
	}
	opts := s.UserOptions()
	u.Users = dbusers.New(b.Users, b.Dialect, opts)
	return u, nil
}

// Auth knows who is logged in, as this site's Django does. It changes no
// session.
func (u *Users) Auth() *auth.Auth {
	opts := u.Site.AuthOptions()
	opts.ReadOnly, opts.KeepLastLogin, opts.Now = true, true, u.Site.Now
	opts.HashesProven = true // which changes nothing here, but that no warning is logged
	return auth.New(u.Users, u.Site.SecretKey, opts)
}

// Named returns the user with an id or, failing that, a name. A text that
// Python's int() accepts, such as 007, is a name if a user has that name.
func (u *Users) Named(ctx context.Context, text string) (*auth.User, error) {
	id, isID := u.PK().Parse(text)
	look := []func() (*auth.User, error){func() (*auth.User, error) { return u.UserByName(ctx, text) }}
	if isID {
		look = append(look, func() (*auth.User, error) { return u.UserByID(ctx, id) })
	}
	if id == text {
		slices.Reverse(look)
	}
	for _, by := range look {
		if user, err := by(); !errors.Is(err, auth.ReasonNoSuchUser) {
			return user, err
		}
	}
	err := fail.WithStatus(fail.NotFound, fmt.Errorf("there is no user with the id or name %s", human.Quote(text)))
	if u.Site.Values["users_where"] != "" {
		err = fail.Hint(err, "users_where in "+settings.FileName+" leaves out some, as the site does: of those, --user takes the id")
	}
	return nil, err
}

// Find returns the account of a user who is given by id or by name. An id is
// accepted even if the user no longer exists, or users cannot be looked up. A
// name is not, because its sessions could not be found.
func Find(ctx context.Context, b *place.Place, s *settings.Site, text string) (*Account, error) {
	opts := s.UserOptions()
	users, err := Open(ctx, b, s)
	if err == nil {
		defer users.Close()
		var user *auth.User
		if user, err = users.Named(ctx, text); err == nil {
			return &Account{opts.PK, user.ID, user.Username}, nil
		}
	}
	id, isID := opts.PK.Parse(text)
	if isID && (opts.PK != auth.PKText || users == nil || fail.StatusOf(err) == fail.NotFound) {
		return &Account{pk: opts.PK, ID: id}, nil
	}
	return nil, err
}
