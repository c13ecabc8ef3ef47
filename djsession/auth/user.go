package auth

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

// A User holds the fields of Django's user model. Fields that a custom model
// lacks are zero, except IsActive, which is then true. In JSON the fields have
// Django's names, and the password is left out.
// Django: django.contrib.auth.models.AbstractUser.
type User struct {
	ID          string          `json:"id"`       // the primary key, as Django writes it into sessions: "42", or a UUID with hyphens
	Username    string          `json:"username"` // whatever users log in with: the model's USERNAME_FIELD
	Password    EncodedPassword `json:"-"`
	IsActive    bool            `json:"is_active"`
	IsStaff     bool            `json:"is_staff"`     // may enter the admin
	IsSuperuser bool            `json:"is_superuser"` // has every permission
	Email       string          `json:"email"`
	FirstName   string          `json:"first_name"`
	LastName    string          `json:"last_name"`
	LastLogin   time.Time       `json:"last_login,omitzero"`  // zero: never, or the database has what is not a time
	DateJoined  time.Time       `json:"date_joined,omitzero"` // zero: not known, or what is not a time

	// Extra holds the other columns of a custom user model. See
	// dbusers.Options.Extra.
	Extra any `json:"extra,omitempty"`

	// Backend is the backend that vouches for the user: set by [Auth.User] and
	// [Auth.Authenticate], and what [Auth.Login] writes. A token's user has
	// none.
	Backend string `json:"-"`

	permissions *permissions // shared by copies; nil if nothing is to be remembered
}

// FullName returns the first and the last name.
// Django: AbstractUser.get_full_name.
func (u *User) FullName() string { return strings.TrimSpace(u.FirstName + " " + u.LastName) }

// An EncodedPassword is the password column: a hash with its algorithm. It
// prints as dots; convert it to a string to get at it.
type EncodedPassword string

const hidden = "..."

// Format implements [fmt.Formatter], hiding the hash from every verb.
func (EncodedPassword) Format(f fmt.State, _ rune) { io.WriteString(f, hidden) }

// MarshalText hides the hash from encoders, such as a JSON logger.
func (EncodedPassword) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// A UserFinder knows a site's users; dbusers has one for databases. It must be
// safe for concurrent use. Errors other than those named are for a database
// that cannot be asked; they should match djsession.ErrUnavailable.
//
// It can be more: a [NameFinder], [ManyFinder], [PasswordUpgrader],
// [LoginRecorder], [PermissionFinder] and [GroupFinder].
type UserFinder interface {
	// PK is what a user's primary key is.
	PK() PK

	// UserByID returns the user with an id in the form of User.ID, active or
	// not, or [ReasonNoSuchUser]. It may be called for each request.
	UserByID(ctx context.Context, id string) (*User, error)
}

// A NameFinder is a [UserFinder] that [Auth.Authenticate] can ask.
type NameFinder interface {
	// UserByName returns the user with a name, active or not, or
	// [ReasonNoSuchUser].
	// Django: BaseUserManager.get_by_natural_key.
	UserByName(ctx context.Context, username string) (*User, error)
}

// A ManyFinder is a [UserFinder] that finds many users in one step, which
// [Auth.Judge] asks for.
type ManyFinder interface {
	// UsersByID returns the users with these ids, in the form of User.ID, by
	// it. Those that are not there are left out.
	UsersByID(ctx context.Context, ids []string) (map[string]*User, error)
}

// A PasswordUpgrader is a [UserFinder] that can replace a hash.
type PasswordUpgrader interface {
	// UpgradePassword stores another hash of the same password, unless the
	// stored hash is no longer u.Password.
	UpgradePassword(ctx context.Context, u *User, encoded string) error
}

// A LoginRecorder is a [UserFinder] that keeps the time of the last login.
type LoginRecorder interface {
	// RecordLogin stores when the user logged in.
	// Django: django.contrib.auth.models.update_last_login.
	RecordLogin(ctx context.Context, u *User, at time.Time) error
}

// A PermissionFinder is a [UserFinder] that knows what users may do.
type PermissionFinder interface {
	// Permissions returns the permissions that a user has directly and through
	// groups, or all there are for a superuser, each as "app_label.codename",
	// in any order.
	Permissions(ctx context.Context, u *User) ([]string, error)
}

// A GroupFinder is a [UserFinder] that knows the groups of users.
type GroupFinder interface {
	// Groups returns the names of the groups that a user is in, in any order.
	Groups(ctx context.Context, u *User) ([]string, error)
}
