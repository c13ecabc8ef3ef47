package authtest

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/djsession/djsession-go/djsession/auth"
)

// Users are users in memory, whose ids are integers. It is all that an
// [auth.UserFinder] can be, and safe for concurrent use.
type Users struct {
	mu          sync.Mutex
	users       map[string]auth.User
	permissions map[string]map[string]bool
}

var (
	_ auth.UserFinder       = (*Users)(nil)
	_ auth.NameFinder       = (*Users)(nil)
	_ auth.PasswordUpgrader = (*Users)(nil)
	_ auth.LoginRecorder    = (*Users)(nil)
	_ auth.PermissionFinder = (*Users)(nil)
)

// NewUsers returns these users. See [Users.Put].
func NewUsers(users ...*auth.User) *Users {
	u := &Users{users: make(map[string]auth.User), permissions: make(map[string]map[string]bool)}
	for _, user := range users {
		u.Put(user)
	}
	return u
}

// Put adds a user, or replaces the one who has the id. A user without an id
// gets the next number, and one without a password column "!", which no
// password matches. Set IsActive, or the user cannot log in.
func (u *Users) Put(user *auth.User) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for n := len(u.users) + 1; user.ID == ""; n++ {
		if id := strconv.Itoa(n); u.users[id].ID == "" {
			user.ID = id
		}
	}
	user.Password = cmp.Or(user.Password, "!")
	u.users[user.ID] = *user
}

// Remove deletes a user. Its sessions are no logins any more.
func (u *Users) Remove(id string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.users, id)
}

// Grant gives a user permissions, each "app_label.codename". A superuser has
// all without.
func (u *Users) Grant(id string, permissions ...string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.permissions[id] == nil {
		u.permissions[id] = make(map[string]bool)
	}
	for _, p := range permissions {
		u.permissions[id][p] = true
	}
}

// Format hides the users from every verb of package fmt.
func (u *Users) Format(f fmt.State, _ rune) { io.WriteString(f, "authtest.Users") }

// PK implements [auth.UserFinder].
func (*Users) PK() auth.PK { return auth.PKInt }

// UserByID implements [auth.UserFinder].
func (u *Users) UserByID(_ context.Context, id string) (*auth.User, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	user, ok := u.users[id]
	if !ok {
		return nil, auth.ReasonNoSuchUser
	}
	return &user, nil
}

// UserByName implements [auth.NameFinder].
func (u *Users) UserByName(_ context.Context, username string) (*auth.User, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, user := range u.users {
		if user.Username == username {
			return &user, nil
		}
	}
	return nil, auth.ReasonNoSuchUser
}

// UpgradePassword implements [auth.PasswordUpgrader].
func (u *Users) UpgradePassword(_ context.Context, user *auth.User, encoded string) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if stored, ok := u.users[user.ID]; ok && stored.Password == user.Password {
		stored.Password = auth.EncodedPassword(encoded)
		u.users[user.ID] = stored
	}
	return nil
}

// RecordLogin implements [auth.LoginRecorder].
func (u *Users) RecordLogin(_ context.Context, user *auth.User, at time.Time) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if stored, ok := u.users[user.ID]; ok {
		stored.LastLogin = at
		u.users[user.ID] = stored
	}
	return nil
}

// Permissions implements [auth.PermissionFinder]. Those of a superuser are the
// ones that any user was granted.
func (u *Users) Permissions(_ context.Context, user *auth.User) ([]string, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	granted := maps.Clone(u.permissions[user.ID])
	if user.IsSuperuser {
		granted = make(map[string]bool)
		for _, all := range u.permissions {
			maps.Copy(granted, all)
		}
	}
	return slices.Sorted(maps.Keys(granted)), nil
}
