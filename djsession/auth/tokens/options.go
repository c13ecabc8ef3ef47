package tokens

import (
	"fmt"
	"io"
	"time"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/signing"
)

// Options is a site's settings for tokens. Nil and the zero value are Django's
// defaults, but for a TIME_ZONE of UTC.
type Options struct {
	// TimeZone is the site's TIME_ZONE, from whose wall clock Django takes the
	// time of a token. Default: time.UTC.
	// Django: TIME_ZONE.
	TimeZone *time.Location

	// LastLoginZone is the zone in which Django sees the last login: with
	// USE_TZ = False that of TIME_ZONE, else the TIME_ZONE in the database's
	// entry of DATABASES, if there is one. Default: time.UTC.
	LastLoginZone *time.Location

	// Timeout is how old a token may be, in whole seconds, or with Days in
	// whole days. A shorter time above zero counts as zero.
	// Default: 3 days.
	// Django: PASSWORD_RESET_TIMEOUT, PASSWORD_RESET_TIMEOUT_DAYS.
	Timeout time.Duration

	// Fallbacks are older secret keys whose tokens are still good. Django 4.1
	// and later.
	// Django: SECRET_KEY_FALLBACKS.
	Fallbacks []string

	// Algorithm is the hash of the MAC. Default: signing.SHA256.
	// Django: PasswordResetTokenGenerator.algorithm.
	Algorithm signing.Algorithm

	// AcceptSHA1 takes tokens under SHA-1 besides those of Algorithm, and
	// counts days where the time has fewer than four digits, like Django 3.1
	// and 3.2.
	AcceptSHA1 bool

	// Days makes and reads the tokens of Django 1.11 to 3.0: the time in days,
	// without the email address, under SHA-1.
	Days bool

	// KeySalt keeps a generator's tokens apart from those of others. Default:
	// that of PasswordResetTokenGenerator, which its subclasses keep too unless
	// they set one.
	// Django: PasswordResetTokenGenerator.key_salt.
	KeySalt string

	// Value returns what a token depends on, for a generator that overrides
	// _make_hash_value: a list of what the Python joins, each text, an integer,
	// a bool or nil, which are written as Python's str does ("True", "None").
	// Password hashes may be among them. The timestamp must be one of them, as
	// it must in Django; inherited is what PasswordResetTokenGenerator itself
	// returns. It must be safe for concurrent use. Default: inherited alone.
	// Django: PasswordResetTokenGenerator._make_hash_value.
	Value func(u *auth.User, timestamp int64, inherited string) []any

	// URLToken takes the token's place in the URL of the page that
	// [Generator.Confirm] is for. Default: "set-password".
	// Django: PasswordResetConfirmView.reset_url_token.
	URLToken string

	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

const resetSalt = "django.contrib.auth.tokens.PasswordResetTokenGenerator"

func (o *Options) fillIn() {
	if o.TimeZone == nil {
		o.TimeZone = time.UTC
	}
	if o.LastLoginZone == nil {
		o.LastLoginZone = time.UTC
	}
	if o.Timeout == 0 {
		o.Timeout = 3 * day
	}
	if o.Days {
		o.Algorithm, o.AcceptSHA1 = signing.SHA1, false
	}
	if o.KeySalt == "" {
		o.KeySalt = resetSalt
	}
	if o.Value == nil {
		o.Value = func(_ *auth.User, _ int64, inherited string) []any { return []any{inherited} }
	}
	if o.URLToken == "" {
		o.URLToken = "set-password"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

// String says how many fallback keys there are.
func (o Options) String() string {
	return fmt.Sprintf("tokens.Options with %d fallback keys", len(o.Fallbacks))
}

// Format is [Options.String] for every verb of package fmt, so that none shows
// a key.
func (o Options) Format(f fmt.State, _ rune) { io.WriteString(f, o.String()) }

// MarshalText is [Options.String] for encoders.
func (o Options) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// Format hides the keys from every verb of package fmt.
func (g *Generator) Format(f fmt.State, _ rune) { io.WriteString(f, "tokens.Generator") }
