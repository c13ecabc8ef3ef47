package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/tokens"
	"github.com/djsession/djsession-go/djsession/messages"
)

// A forgotten password is reset by a link in a mail. The link of a mail from Go
// leads to Django's page if there is one, and that of a mail from Django to
// Go's: each side accepts the other's tokens.

func (s *shop) forgotForm(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, "forgot.html", map[string]any{})
}

// forgot mails links to the users of an address. It answers the same whether
// or not there are any, so that it does not tell who has an account.
func (s *shop) forgot(w http.ResponseWriter, r *http.Request) error {
	users, err := s.users.UsersByEmail(r.Context(), strings.TrimSpace(r.PostFormValue("email")))
	if err != nil {
		return err
	}
	for _, user := range users {
		if err := s.mailLink(user); err != nil {
			return err
		}
	}
	return s.render(w, r, http.StatusOK, "forgot.html", map[string]any{"Sent": true, "Mails": s.site.mails})
}

// mailLink writes a mail to a file. The link begins with the shop's own
// address, never with the Host of the request, which anyone can choose.
func (s *shop) mailLink(user *auth.User) error {
	token, err := s.resets.Make(user)
	if err != nil {
		return err
	}
	path := "/reset/"
	if s.django {
		path = "/accounts/reset/"
	}
	link := s.site.url + path + tokens.EncodeUID(user.ID) + "/" + token + "/"
	mail := fmt.Sprintf("To: %s\nSubject: Your password at Two Leaves\n\nHello %s,\n\nset a new password here, within three days:\n\n%s\n", user.Email, user.Username, link)
	if err := os.MkdirAll(s.site.mails, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.site.mails, "go-"+user.Username+".txt"), []byte(mail), 0o600)
}

// reset is the page that a link leads to, for its form too.
func (s *shop) reset(w http.ResponseWriter, r *http.Request) error {
	session, err := djsession.FromRequest(r)
	if err != nil {
		return err
	}
	uid := r.PathValue("uid")
	user, redirect, err := s.resets.Confirm(r.Context(), s.users, session, uid, r.PathValue("token"))
	switch {
	case errors.Is(err, tokens.ErrInvalid):
		return s.render(w, r, http.StatusNotFound, "reset.html", map[string]any{"Invalid": true})
	case err != nil:
		return err
	case redirect: // so that the token is in no history and no Referer
		http.Redirect(w, r, "/reset/"+uid+"/set-password/", http.StatusSeeOther)
		return nil
	}
	password := r.PostFormValue("password")
	if r.Method != http.MethodPost || utf8.RuneCountInString(password) < 8 {
		return s.render(w, r, http.StatusOK, "reset.html", map[string]any{"Name": user.Username, "Short": r.Method == http.MethodPost})
	}
	encoded, err := s.hashers.Make(password)
	if err != nil {
		return err
	}
	if err := s.users.SetPassword(r.Context(), user, encoded); err != nil {
		return err
	}
	s.resets.Done(session)
	if err := messages.Success(r, "Your password is set. Log in with it."); err != nil {
		return err
	}
	http.Redirect(w, r, "/login", http.StatusSeeOther)
	return nil
}
