package forwardauth_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/forwardauth"
	"github.com/djsession/djsession-go/djsession/memstore"
)

// exampleUsers has one user; dbusers has those of a Django site.
type exampleUsers struct{}

func (exampleUsers) PK() auth.PK { return auth.PKInt }

func (exampleUsers) UserByID(context.Context, string) (*auth.User, error) {
	return &auth.User{ID: "42", Username: "alice", IsActive: true}, nil
}

// What nginx asks of a user who is logged in, but is not staff, and what
// Options.Headers tells the upstream.
func Example() {
	sessions := djsession.NewManager(memstore.New(nil), nil) // dbstore.New, for a Django site
	login := auth.New(exampleUsers{}, "the site's SECRET_KEY", nil)
	h, err := forwardauth.New(sessions, login, &forwardauth.Options{
		From:      forwardauth.XOriginal,
		Headers:   forwardauth.Headers{Username: "X-Webauth-User"},
		Endpoints: map[string]forwardauth.Rule{"/auth": forwardauth.LoggedIn, "/auth/staff": forwardauth.Staff},
	})
	if err != nil {
		panic(err)
	}

	session := sessions.New() // a login, which Django has done, for a Django site
	user, _ := exampleUsers{}.UserByID(context.Background(), "42")
	_ = login.Login(context.Background(), session, user)
	_ = session.Save(context.Background())

	for _, endpoint := range []string{"/auth", "/auth/staff"} {
		r := httptest.NewRequest("GET", endpoint, nil)
		r.Header.Set("X-Original-URL", "https://grafana.example.com/d/1?orgId=1")
		r.Header.Set("X-Original-Method", "GET")
		r.AddCookie(&http.Cookie{Name: "sessionid", Value: session.Key()})
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		fmt.Printf("%s: %d %q\n", endpoint, w.Code, w.Header().Get("X-Webauth-User"))
	}
	// Output:
	// /auth: 200 "alice"
	// /auth/staff: 403 ""
}
