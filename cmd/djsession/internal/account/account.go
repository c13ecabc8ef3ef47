package account

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/survey"
	"github.com/djsession/djsession-go/cmd/djsession/internal/values"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/pyjson"
)

// An Account is a user as sessions name one: by the primary key, in any form
// that Django takes for it, or by the username.
type Account struct {
	pk       auth.PK
	ID       string // as pk.Parse writes it
	username string // empty if it is not known
}

// is reports whether a value of a session is the account's primary key.
func (u *Account) is(value any) bool {
	id, ok := u.pk.Parse(value)
	return ok && id == u.ID
}

// LoggedIn reports whether the account is the one that is logged in.
func (u *Account) LoggedIn(d *djsession.Data) bool {
	if text, ok := d.Text("_auth_user_id"); ok {
		return u.is(text) || text == u.ID
	}
	v, ok, err := d.Get("_auth_user_id")
	return ok && err == nil && u.is(v)
}

// A claim is a value by which a session can become a login of an account: the
// password was right and the second factor is missing, or another user may
// return to the account. Packages and sites keep it under names of their own.
type claim struct {
	name  string
	means string
	holds func(u *Account, v any) bool
}

const (
	halfWay  = "half-way in"
	mayLogIn = "can return"
)

var claims = []claim{
	{"2fa_user", halfWay, inFirst},                           // healthchecks: [id, email, time]
	{"pretix_auth_2fa_user", halfWay, (*Account).is},         // pretix
	{"allauth_2fa_user_id", halfWay, (*Account).is},          // django-allauth-2fa
	{"account_login", halfWay, inURLForm},                    // django-allauth
	{"wizard_login_view", halfWay, inMember},                 // django-two-factor-auth
	{"base_username", halfWay, (*Account).called},            // django-mfa2
	{"hijack_history", mayLogIn, inAny((*Account).is)},       // django-hijack
	{"exit_users_pk", mayLogIn, inAny(inFirst)},              // django-su: [[id, backend], ...]
	{"loginas_from_user", mayLogIn, (*Account).signedBefore}, // django-loginas: id:time:signature
}

// ClaimOn returns the name under which a session holds a claim on the account,
// and what that means; empty texts if there is none.
func (u *Account) ClaimOn(d *djsession.Data) (name, means string) {
	for _, c := range claims {
		if !d.Has(c.name) {
			continue
		}
		if v, _, err := d.Get(c.name); err == nil && c.holds(u, values.Readable(v)) {
			return c.name, c.means
		}
	}
	return "", ""
}

// Has reports whether a session is the account's, or can become it.
func (u *Account) Has(d *djsession.Data) bool {
	if u.LoggedIn(d) {
		return true
	}
	name, _ := u.ClaimOn(d)
	return name != ""
}

func inFirst(u *Account, v any) bool {
	list, ok := v.([]any)
	return ok && len(list) > 0 && u.is(list[0])
}

func inAny(holds func(u *Account, v any) bool) func(u *Account, v any) bool {
	return func(u *Account, v any) bool {
		list, _ := v.([]any)
		for _, item := range list {
			if holds(u, item) {
				return true
			}
		}
		return false
	}
}

func userPK(v any) (pk any, ok bool) {
	object, isObject := v.(pyjson.Object)
	if !isObject {
		return nil, false
	}
	return object.Get("user_pk")
}

func inMember(u *Account, v any) bool {
	pk, ok := userPK(v)
	return ok && u.is(pk)
}

// inURLForm knows the form that django-allauth gives to numbers: base 36.
func inURLForm(u *Account, v any) bool {
	pk, ok := userPK(v)
	if !ok || u.pk != auth.PKInt {
		return ok && u.is(pk)
	}
	n, err := strconv.ParseInt(fmt.Sprint(pk), 36, 64)
	return err == nil && u.is(n)
}

func (u *Account) called(v any) bool {
	text, ok := v.(string)
	return ok && u.username != "" && text == u.username
}

func (u *Account) signedBefore(v any) bool {
	text, _ := v.(string)
	for range 2 { // the signature, and a time before it
		i := max(0, strings.LastIndex(text, ":"))
		if text = text[:i]; text != "" && u.is(text) {
			return true
		}
	}
	return false
}

// UserID is the id of the user who is logged in, as text, or "".
func UserID(d *djsession.Data) string {
	s := survey.Session{Data: d}
	id, _ := s.User()
	return id
}
