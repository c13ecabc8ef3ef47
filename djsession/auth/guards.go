package auth

import (
	"errors"
	"slices"
	"strings"
)

// ErrGuarded says that the site asks for more than a password at a login, so
// that one by password alone was refused. See Options.Guards.
var ErrGuarded = errors.New("auth: this site guards its logins by more than a password (Options.Guards, Options.Backends): " +
	"send users to its own login page, or set Options.PasswordsSuffice if this program does what the guards do")

// guards are apps, and backends by their modules, that ask for a second factor
// or lock out those who guess passwords.
var guards = []string{
	"django_otp", "two_factor", "allauth.mfa", "mfa", "django_mfa", "multifactor", "trench", "kagi", // second factors
	"axes", "defender", // lock-outs
}

// GuardsOf returns those of the names in INSTALLED_APPS and
// AUTHENTICATION_BACKENDS that guard logins, as far as this package knows them:
// for Options.Guards.
func GuardsOf(names ...string) []string {
	var found []string
	for _, name := range names {
		if slices.ContainsFunc(guards, func(guard string) bool { return name == guard || strings.HasPrefix(name, guard+".") }) {
			found = append(found, name)
		}
	}
	return found
}

// guarded reports whether a password alone must not log a user in.
func (a *Auth) guarded() bool {
	return !a.opts.PasswordsSuffice && (len(a.opts.Guards) > 0 || len(GuardsOf(a.opts.Backends...)) > 0)
}
