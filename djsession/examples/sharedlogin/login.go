package main

import (
	"errors"
	"net/http"
	"strings"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

func (s *shop) loginForm(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, "login.html", map[string]any{"Next": s.login.Next(r, "/")})
}

// logIn logs a user in for both sides: the session that it makes is one of
// Django's.
func (s *shop) logIn(w http.ResponseWriter, r *http.Request) error {
	name := strings.TrimSpace(r.PostFormValue("username")) // as Django's form does
	user, err := s.login.Authenticate(r.Context(), name, r.PostFormValue("password"))
	if errors.Is(err, auth.ErrInvalidLogin) {
		return s.render(w, r, http.StatusUnprocessableEntity, "login.html", map[string]any{
			"Next": s.login.Next(r, "/"), "Name": name, "Problem": "That is not the name and password of anybody here."})
	}
	if err != nil {
		return err
	}
	session, err := djsession.FromRequest(r)
	if err != nil {
		return err
	}
	if err := s.login.Login(r.Context(), session, user); err != nil {
		return err
	}
	if r.PostFormValue("remember") == "" {
		session.SetExpiry(djsession.ExpireOnClose)
	} else {
		session.SetExpiry(djsession.ExpireAfter(djsession.DefaultAge))
	}
	http.Redirect(w, r, s.login.Next(r, "/"), http.StatusSeeOther)
	return nil
}

// logOut ends the session on both sides.
func (s *shop) logOut(w http.ResponseWriter, r *http.Request) error {
	session, err := djsession.FromRequest(r)
	if err != nil {
		return err
	}
	if err := s.login.Logout(r.Context(), session); err != nil {
		return err
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// deny answers a request for a page that the user may not see.
func (s *shop) deny(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, auth.ErrForbidden) {
		page(func(w http.ResponseWriter, r *http.Request) error {
			return s.render(w, r, http.StatusForbidden, "forbidden.html", map[string]any{})
		}).ServeHTTP(w, r)
		return
	}
	http.Redirect(w, r, s.login.LoginURL(r), http.StatusSeeOther)
}
