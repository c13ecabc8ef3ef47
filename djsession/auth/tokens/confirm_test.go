package tokens_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/tokens"
	"github.com/djsession/djsession-go/djsession/memstore"
)

// someUsers are users by id; fail is what a database that is down says.
type someUsers struct {
	byID map[string]*auth.User
	fail error
}

func (*someUsers) PK() auth.PK { return auth.PKInt }

func (s *someUsers) UserByID(_ context.Context, id string) (*auth.User, error) {
	u, ok := s.byID[id]
	switch {
	case s.fail != nil:
		return nil, s.fail
	case !ok:
		return nil, auth.ReasonNoSuchUser
	}
	copied := *u
	return &copied, nil
}

func newUsers() *someUsers {
	bob := alice()
	bob.ID = "7"
	return &someUsers{byID: map[string]*auth.User{"42": alice(), "7": bob}}
}

func newSession(t *testing.T) *djsession.Session {
	t.Helper()
	store := memstore.New(nil)
	rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
	if err := store.Create(t.Context(), rec); err != nil {
		t.Fatal(err)
	}
	s, err := djsession.NewManager(store, nil).Open(t.Context(), rec.Key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestConfirm goes the way of a link: to the page without the token, and to
// nothing once the password is another.
func TestConfirm(t *testing.T) {
	g, users, s := tokens.New(secret, nil), newUsers(), newSession(t)
	token, err := g.Make(alice())
	if err != nil {
		t.Fatal(err)
	}
	uid, bobs := tokens.EncodeUID("42"), tokens.EncodeUID("7")

	invalid := func(reason, uid, token string) {
		t.Helper()
		if u, redirect, err := g.Confirm(t.Context(), users, s, uid, token); u != nil || redirect || !errors.Is(err, tokens.ErrInvalid) {
			t.Errorf("%s: got %v, %v, %v", reason, u, redirect, err)
		}
	}
	invalid("the form before the link", uid, "set-password")
	invalid("another user's link", bobs, token)
	invalid("a user who is not there", tokens.EncodeUID("99"), token)
	invalid("an id that cannot be one", tokens.EncodeUID("x"), token)
	invalid("no base64", "N", token)
	if s.Has("_password_reset_token") {
		t.Error("a token that is not good was kept")
	}

	u, redirect, err := g.Confirm(t.Context(), users, s, uid, token)
	if err != nil || !redirect || u.ID != "42" {
		t.Fatalf("the link: %v, %v, %v", u, redirect, err)
	}
	if kept, _ := s.Text("_password_reset_token"); kept != token {
		t.Errorf("the session holds %q", kept)
	}
	invalid("another user's form, with this token in the session", bobs, "set-password")
	for range 2 { // GET and POST
		if u, redirect, err = g.Confirm(t.Context(), users, s, uid, "set-password"); err != nil || redirect || u.ID != "42" {
			t.Fatalf("the form: %v, %v, %v", u, redirect, err)
		}
	}

	users.fail = djsession.ErrUnavailable
	if _, _, err := g.Confirm(t.Context(), users, s, uid, "set-password"); !errors.Is(err, djsession.ErrUnavailable) || errors.Is(err, tokens.ErrInvalid) {
		t.Errorf("a database that is down: %v", err)
	}
	users.fail = nil

	users.byID["42"].Password = "another"
	invalid("the form, sent once more", uid, "set-password")
	invalid("the link, followed once more", uid, token)
	g.Done(s)
	if s.Has("_password_reset_token") {
		t.Error("the token is still in the session")
	}
}

// TestConfirmReadsOnlyText: a session may hold anything.
func TestConfirmReadsOnlyText(t *testing.T) {
	g, s := tokens.New(secret, nil), newSession(t)
	for _, value := range []any{nil, 5, true, []string{"x"}, ""} {
		s.Set("_password_reset_token", value)
		if _, _, err := g.Confirm(t.Context(), newUsers(), s, tokens.EncodeUID("42"), "set-password"); !errors.Is(err, tokens.ErrInvalid) {
			t.Errorf("%v: %v", value, err)
		}
	}
}

// The page that a link leads to, under the address that Django's has. Serve it
// through the Handler of a djsession.Manager, and protect its form from other
// sites as any other.
func ExampleGenerator_Confirm() {
	users := newUsers() // dbusers.New(db, sqldialect.PostgreSQL, nil)
	key := secret       // os.Getenv("DJANGO_SECRET_KEY")
	sessions := djsession.NewManager(memstore.New(nil), nil)
	resets := tokens.New(key, nil)

	mux := http.NewServeMux()
	mux.HandleFunc("/reset/{uid}/{token}/", func(w http.ResponseWriter, r *http.Request) {
		session, err := djsession.FromRequest(r)
		if err != nil {
			djsession.Error(w, r, err)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		user, redirect, err := resets.Confirm(r.Context(), users, session, r.PathValue("uid"), r.PathValue("token"))
		switch {
		case errors.Is(err, tokens.ErrInvalid):
			fmt.Fprint(w, "This link is not good any more. Ask for another one.")
		case err != nil:
			djsession.Error(w, r, err)
		case redirect:
			http.Redirect(w, r, "/reset/"+r.PathValue("uid")+"/set-password/", http.StatusFound)
		case r.Method == "GET":
			fmt.Fprint(w, "A form that asks for a new password.")
		default:
			// users.SetPassword(r.Context(), user, hashed), then
			resets.Done(session)
			fmt.Fprintf(w, "User %s has a new password.", user.ID)
		}
	})
	handler := sessions.Handler(mux)

	token, err := resets.Make(alice())
	if err != nil {
		log.Fatal(err)
	}
	link := "/reset/" + tokens.EncodeUID("42") + "/" + token + "/"
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest("GET", link, nil))
	fmt.Println(w.Header().Get("Location"))
	for _, method := range []string{"GET", "POST"} {
		r := httptest.NewRequest(method, w.Header().Get("Location"), nil)
		r.AddCookie(w.Result().Cookies()[0])
		page := httptest.NewRecorder()
		handler.ServeHTTP(page, r)
		fmt.Println(page.Body)
	}
	// Output:
	// /reset/NDI/set-password/
	// A form that asks for a new password.
	// User 42 has a new password.
}
