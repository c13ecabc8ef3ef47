package auth_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

func TestPermissions(t *testing.T) {
	users := someUsers()
	s := newSite(users, nil)
	inactiveRoot := &auth.User{ID: "1", IsSuperuser: true}
	user := func(id string) *auth.User { u := users.users[id]; return &u }
	for _, c := range []struct {
		reason string
		user   *auth.User
		perms  []string
		want   bool
		asks   int
	}{
		{"nobody", nil, []string{"shop.view_cart"}, false, 0},
		{"a superuser has what nobody has heard of", user("1"), []string{"no.such"}, true, 0},
		{"not when inactive", inactiveRoot, []string{"shop.view_cart"}, false, 0},
		{"one of his", user("2"), []string{"shop.view_cart"}, true, 1},
		{"another", user("2"), []string{"shop.delete_cart"}, false, 1},
		{"both", user("2"), []string{"shop.view_cart", "blog.add_post"}, true, 2},
		{"one of two", user("2"), []string{"shop.view_cart", "blog.delete_post"}, false, 2},
		{"none needed", user("2"), nil, true, 0},
		{"inactive", user("3"), []string{"shop.view_cart"}, false, 0},
		{"case counts", user("2"), []string{"Shop.view_cart"}, false, 1},
	} {
		users.asks = 0
		if got, err := s.auth.HasPerms(t.Context(), c.user, c.perms...); err != nil || got != c.want || users.asks != c.asks {
			t.Errorf("%s: got %v, %v, after %d queries", c.reason, got, err, users.asks)
		}
	}
	for _, c := range []struct {
		user *auth.User
		app  string
		want bool
	}{{user("2"), "shop", true}, {user("2"), "sho", false}, {user("1"), "any", true}, {inactiveRoot, "shop", false}, {user("3"), "shop", false}, {nil, "shop", false}} {
		if got, err := s.auth.HasModulePerms(t.Context(), c.user, c.app); err != nil || got != c.want {
			t.Errorf("%v in %s: got %v, %v", c.user, c.app, got, err)
		}
	}
	if got, err := s.auth.Permissions(t.Context(), user("2")); fmt.Sprint(got) != "[blog.add_post shop.change_cart shop.view_cart]" || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := s.auth.Permissions(t.Context(), user("3")); len(got) != 0 || err != nil {
		t.Errorf("inactive: got %v, %v", got, err)
	}
}

// TestPermissionsAreAskedOnce of a user of a session, whatever else is asked,
// but again after a failure.
func TestPermissionsAreAskedOnce(t *testing.T) {
	users := someUsers()
	s := newSite(users, nil)
	u, err := s.auth.User(t.Context(), s.session(t, s.login("2")))
	if err != nil {
		t.Fatal(err)
	}
	users.fail = djsession.ErrUnavailable
	if ok, err := s.auth.HasPerm(t.Context(), u, "shop.view_cart"); ok || !errors.Is(err, djsession.ErrUnavailable) {
		t.Errorf("got %v, %v", ok, err)
	}
	users.fail, users.asks = nil, 0
	for range 3 {
		if ok, err := s.auth.HasPerms(t.Context(), u, "shop.view_cart", "shop.change_cart"); !ok || err != nil {
			t.Errorf("got %v, %v", ok, err)
		}
		s.auth.HasModulePerms(t.Context(), u, "shop")
		s.auth.Permissions(t.Context(), u)
	}
	if users.asks != 1 {
		t.Errorf("%d queries", users.asks)
	}
	if ok, err := auth.New(struct{ auth.UserFinder }{users}, secret, nil).HasPerm(t.Context(), &auth.User{IsActive: true}, "a.b"); ok || err == nil {
		t.Errorf("without a PermissionFinder: got %v, %v", ok, err)
	}
}
