package authtest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/authtest"
	"github.com/djsession/djsession-go/djsession/cookiestore"
	"github.com/djsession/djsession-go/djsession/memstore"
)

// who answers with the user's name and what the session holds.
var who = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	s, err := djsession.FromRequest(r)
	if err != nil {
		djsession.Error(w, r, err)
		return
	}
	cart, _, _ := djsession.Get[[]string](s, "cart")
	name := "nobody"
	if u, err := auth.FromRequest(r); err == nil {
		name = u.Username
	}
	json.NewEncoder(w).Encode(map[string]any{"user": name, "cart": cart})
})

func TestRequest(t *testing.T) {
	alice := &auth.User{Username: "alice", IsActive: true}
	users := authtest.NewUsers(alice)
	for _, c := range []struct {
		reason   string
		sessions *djsession.Manager
		user     *auth.User
		values   map[string]any
		want     string
	}{
		{"a user", djsession.NewManager(memstore.New(nil), nil), alice, nil, `{"cart":null,"user":"alice"}`},
		{"a user with a cart", djsession.NewManager(memstore.New(nil), nil), alice, map[string]any{"cart": []string{"tea"}}, `{"cart":["tea"],"user":"alice"}`},
		{"a cart of nobody", djsession.NewManager(memstore.New(nil), nil), nil, map[string]any{"cart": []string{"tea"}}, `{"cart":["tea"],"user":"nobody"}`},
		{"nothing", djsession.NewManager(memstore.New(nil), nil), nil, nil, `{"cart":null,"user":"nobody"}`},
		{"a cookie of another name, for HTTPS only",
			djsession.NewManager(memstore.New(nil), &djsession.Options{CookieName: "__Host-shop"}), alice, nil, `{"cart":null,"user":"alice"}`},
		{"sessions in the cookie", djsession.NewManager(cookiestore.New("secret", nil), nil), alice, nil, `{"cart":null,"user":"alice"}`},
	} {
		t.Run(c.reason, func(t *testing.T) {
			login := auth.New(users, "secret", nil)
			w := httptest.NewRecorder()
			c.sessions.Handler(login.Handler(who)).ServeHTTP(w, authtest.Request(t, c.sessions, login, c.user, c.values))
			if got := strings.TrimSpace(w.Body.String()); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestBrowser logs in by a form, stays logged in, and logs out.
func TestBrowser(t *testing.T) {
	alice := &auth.User{Username: "alice", IsActive: true}
	sessions := djsession.NewManager(memstore.New(nil), &djsession.Options{CookieSecure: true})
	login := auth.New(authtest.NewUsers(alice), "secret", nil)
	mux := http.NewServeMux()
	mux.Handle("/", who)
	mux.Handle("/orders", login.RequireUser(who))
	change := func(change func(r *http.Request, s *djsession.Session) error) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			s, err := djsession.FromRequest(r)
			if err == nil {
				err = change(r, s)
			}
			if err != nil {
				t.Error(err)
			}
			http.SetCookie(w, &http.Cookie{Name: "elsewhere", Value: "1", Path: "/elsewhere"})
		}
	}
	mux.HandleFunc("POST /login", change(func(r *http.Request, s *djsession.Session) error {
		if r.PostFormValue("username") != "alice" {
			return errors.New("no form")
		}
		return login.Login(r.Context(), s, alice)
	}))
	mux.HandleFunc("POST /logout", change(func(r *http.Request, s *djsession.Session) error { return login.Logout(r.Context(), s) }))

	b := authtest.NewBrowser(t, sessions.Handler(login.Handler(mux)))
	if w := b.Get("/orders"); w.Code != http.StatusFound || w.Header().Get("Location") != "/accounts/login/?next=/orders" {
		t.Errorf("before: got %d %s", w.Code, w.Header().Get("Location"))
	}
	b.Post("/login", url.Values{"username": {"alice"}})
	if w := b.Get("/orders"); w.Code != http.StatusOK {
		t.Errorf("after the login: got %d", w.Code)
	}
	if b.Cookie("/", "sessionid") == "" || b.Cookie("/", "elsewhere") != "" || b.Cookie("/elsewhere/x", "elsewhere") != "1" {
		t.Error("cookies are not where they were set")
	}
	b.Post("/logout", nil)
	if w := b.Get("/orders"); w.Code != http.StatusFound || b.Cookie("/", "sessionid") != "" {
		t.Errorf("after the logout: got %d", w.Code)
	}
	b.LogIn(sessions, login, alice, nil)
	b.Header.Set("Accept", "application/json")
	if w := b.Get("/orders"); w.Code != http.StatusOK {
		t.Errorf("logged in by hand: got %d", w.Code)
	}
}

// TestUsers: what a handler may do to users.
func TestUsers(t *testing.T) {
	alice, root := &auth.User{Username: "alice", IsActive: true}, &auth.User{ID: "1", Username: "root", IsActive: true, IsSuperuser: true}
	users := authtest.NewUsers(root, alice)
	if alice.ID != "2" {
		t.Errorf("the next number is %q", alice.ID)
	}
	users.Grant(alice.ID, "shop.view_order", "shop.add_order")
	sessions := djsession.NewManager(memstore.New(nil), nil)
	login := auth.New(users, "secret", nil)
	for _, c := range []struct {
		user       *auth.User
		permission string
		want       bool
	}{{alice, "shop.view_order", true}, {alice, "shop.delete_order", false}, {root, "shop.delete_order", true}} {
		if got, err := login.HasPerms(t.Context(), c.user, c.permission); err != nil || got != c.want {
			t.Errorf("%s: %s: got %v, %v; want %v", c.user.Username, c.permission, got, err, c.want)
		}
	}
	b := authtest.NewBrowser(t, sessions.Handler(login.RequireUser(who)))
	b.LogIn(sessions, login, alice, nil)
	if stored, err := users.UserByName(t.Context(), "alice"); err != nil || stored.LastLogin.IsZero() || stored.Password != "!" {
		t.Errorf("got %v, %v", stored, err)
	}
	alice.Password = "changed"
	users.Put(alice)
	if w := b.Get("/"); w.Code != http.StatusFound {
		t.Errorf("after a change of the password: got %d", w.Code)
	}
	users.Remove(alice.ID)
	if _, err := users.UserByID(t.Context(), alice.ID); err != auth.ReasonNoSuchUser {
		t.Errorf("removed: got %v", err)
	}
	if text := fmt.Sprintf("%+v %#v", users, users); strings.Contains(text, "root") {
		t.Error(text)
	}
}

// failing is a test that must fail.
type failing struct {
	testing.TB
	text string
}

func (*failing) Helper() {}

func (f *failing) Fatal(args ...any) { f.Fatalf("%s", fmt.Sprint(args...)) }

func (f *failing) Fatalf(format string, args ...any) {
	f.text = fmt.Sprintf(format, args...)
	panic(f)
}

// TestRequestFails where there can be no such session, and says why.
func TestRequestFails(t *testing.T) {
	stranger, inactive := &auth.User{ID: "7", Username: "stranger", IsActive: true}, &auth.User{Username: "inactive"}
	login := auth.New(authtest.NewUsers(inactive), "secret", nil)
	sessions := djsession.NewManager(memstore.New(nil), nil)
	for _, c := range []struct {
		reason   string
		sessions *djsession.Manager
		user     *auth.User
		values   map[string]any
		want     string
	}{
		{"a user whom the finder does not know", sessions, stranger, nil, auth.ReasonNoSuchUser.Error()},
		{"a user who is not active", sessions, inactive, nil, auth.ReasonInactive.Error()},
		{"a value that JSON cannot hold", sessions, nil, map[string]any{"f": func() {}}, "f"},
		{"a manager that does not write", djsession.NewManager(memstore.New(nil), &djsession.Options{ReadOnly: true}), nil,
			map[string]any{"a": 1}, "read-only"},
	} {
		f := &failing{TB: t}
		func() {
			defer func() { recover() }()
			authtest.Request(f, c.sessions, login, c.user, c.values)
		}()
		if !strings.Contains(f.text, c.want) {
			t.Errorf("%s: got %q, want %q in it", c.reason, f.text, c.want)
		}
	}
}

// A handler's test, with no database and no Django.
func Example() {
	t := new(testing.T) // that of the test

	alice := &auth.User{Username: "alice", IsActive: true}
	sessions := djsession.NewManager(memstore.New(nil), nil)
	login := auth.New(authtest.NewUsers(alice), "secret", nil)
	browser := authtest.NewBrowser(t, sessions.Handler(login.RequireUser(who)))
	browser.LogIn(sessions, login, alice, map[string]any{"cart": []string{"tea"}})
	w := browser.Get("/orders")

	fmt.Print(w.Code, " ", w.Body)
	// Output:
	// 200 {"cart":["tea"],"user":"alice"}
}
