package soak

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/hashers"
)

// seen is the answer to "who".
type seen struct {
	User  string            `json:"user"`
	Names map[string]string `json:"names"`
}

// service serves what soaksite.py serves.
func service(t *testing.T, store djsession.Store, users auth.UserFinder) string {
	logger := slog.New(slog.DiscardHandler)
	manager := djsession.NewManager(store, &djsession.Options{Merge: true, Logger: logger})
	login := auth.New(users, secretKey, &auth.Options{Passwords: hashers.New([]hashers.Hasher{hashers.MD5{}})})

	mux := http.NewServeMux()
	mux.HandleFunc("/who", who)
	mux.HandleFunc("/set", inSession(func(r *http.Request, s *djsession.Session) error {
		s.Set(r.FormValue("name"), r.FormValue("value"))
		return nil
	}))
	mux.HandleFunc("/cycle", inSession(func(r *http.Request, s *djsession.Session) error {
		return s.CycleKey(r.Context())
	}))
	mux.HandleFunc("/login", inSession(func(r *http.Request, s *djsession.Session) error {
		user, err := login.Authenticate(r.Context(), r.FormValue("user"), "secret")
		if err != nil {
			return err
		}
		return login.Login(r.Context(), s, user)
	}))
	mux.HandleFunc("/logout", inSession(func(r *http.Request, s *djsession.Session) error {
		return login.Logout(r.Context(), s)
	}))
	server := httptest.NewServer(manager.Handler(login.Handler(mux)))
	t.Cleanup(server.Close)
	return server.URL
}

func who(w http.ResponseWriter, r *http.Request) {
	answer := seen{Names: map[string]string{}}
	session, err := djsession.FromRequest(r)
	if err != nil {
		djsession.Error(w, r, err)
		return
	}
	user, err := auth.FromRequest(r)
	switch {
	case err == nil:
		answer.User = user.Username
	case !errors.Is(err, auth.ErrNotLoggedIn):
		djsession.Error(w, r, err)
		return
	}
	for _, name := range session.Names() {
		if !strings.HasPrefix(name, "_") {
			answer.Names[name], _, _ = djsession.Get[string](session, name)
		}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// inSession answers 200 if do succeeds.
func inSession(do func(*http.Request, *djsession.Session) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		session, err := djsession.FromRequest(r)
		if err == nil {
			err = do(r, session)
		}
		if err != nil {
			djsession.Error(w, r, err)
			return
		}
		fmt.Fprintln(w, "done")
	}
}
