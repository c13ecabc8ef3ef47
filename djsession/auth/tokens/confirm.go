package tokens

import (
	"context"
	"errors"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

// parkedName is where the session keeps a token while its form is open.
// Django: INTERNAL_RESET_SESSION_TOKEN.
const parkedName = "_password_reset_token"

// Confirm answers for the page of a link, /reset/UID/TOKEN/, and must be asked
// at each of its requests, GET and POST. It returns the user whose password may
// be set. With redirect true the token has been put into the session s:
// redirect to the same URL with Options.URLToken in the token's place, so that
// no Referer header and no history holds the token. Otherwise the URL was that
// one, and the token of the session is good: show the form, or take it, and
// call [Generator.Done] when the password is set.
//
// A link that is not good, for whatever reason, is an error that matches
// [ErrInvalid]; any other error means that it could not be found out. Either
// side may open the form that a link of the other, or of its own, leads to.
// Django: django.contrib.auth.views.PasswordResetConfirmView.
func (g *Generator) Confirm(
	ctx context.Context, users auth.UserFinder, s *djsession.Session, uid, token string,
) (u *auth.User, redirect bool, err error) {
	u, err = find(ctx, users, uid)
	if err != nil {
		return nil, false, err
	}
	redirect = token != g.opts.URLToken
	if !redirect {
		token, _ = s.Text(parkedName)
	}
	if err := g.Check(u, token); err != nil {
		return nil, false, err
	}
	if redirect {
		s.Set(parkedName, token)
	}
	return u, redirect, nil
}

// Done takes the token that [Generator.Confirm] left there out of a session.
func (g *Generator) Done(s *djsession.Session) { s.Delete(parkedName) }

// find returns the user of a link.
func find(ctx context.Context, users auth.UserFinder, uid string) (*auth.User, error) {
	text, ok := DecodeUID(uid)
	if !ok {
		return nil, ErrInvalid
	}
	id, ok := users.PK().Parse(text)
	if !ok {
		return nil, ErrInvalid
	}
	u, err := users.UserByID(ctx, id)
	if errors.Is(err, auth.ErrNotLoggedIn) {
		return nil, ErrInvalid
	}
	return u, err
}
