package tokens

import (
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/signing"
)

// ErrInvalid says that a token is not one of the user's: it was made for
// another one, it was changed, or the user's password, address or last login
// has changed since.
var ErrInvalid = errors.New("tokens: the token is not valid for this user, or not any more")

// ErrExpired says that a token is older than Options.Timeout. It matches
// [ErrInvalid].
var ErrExpired error = expiredError{}

type expiredError struct{}

func (expiredError) Error() string        { return "tokens: the token has expired" }
func (expiredError) Is(target error) bool { return target == ErrInvalid }

var (
	errNoKey       = fmt.Errorf("tokens: %w", signing.ErrNoKey)
	errBeforeEpoch = errors.New("tokens: the clock says that it is not 2001 yet")
)

// A Generator makes and checks tokens. It is safe for concurrent use.
type Generator struct {
	opts     Options
	current  *signing.MAC
	accepted []*signing.MAC // current, and the others
}

// New returns a generator under a site's SECRET_KEY. With an empty key every
// call fails with signing.ErrNoKey.
// Django: django.contrib.auth.tokens.PasswordResetTokenGenerator.
func New(secretKey string, opts *Options) *Generator {
	g := &Generator{}
	if opts != nil {
		g.opts = *opts
	}
	g.opts.fillIn()
	keys := append([]string{secretKey}, g.opts.Fallbacks...)
	g.opts.Fallbacks = nil // secrets are kept no longer than they are needed
	if secretKey == "" {
		return g
	}
	for _, key := range keys {
		if key == "" { // which is not a secret
			continue
		}
		g.accepted = append(g.accepted, signing.NewMAC(g.opts.KeySalt, key, g.opts.Algorithm))
		if g.opts.AcceptSHA1 && g.opts.Algorithm != signing.SHA1 {
			g.accepted = append(g.accepted, signing.NewMAC(g.opts.KeySalt, key, signing.SHA1))
		}
	}
	g.current = g.accepted[0]
	return g
}

// Make returns a new token for a user: letters, digits and a hyphen. It ends
// when the user's password, email address or last login changes, and after
// Options.Timeout. There is none for a nil user: ErrInvalid.
// Django: PasswordResetTokenGenerator.make_token.
func (g *Generator) Make(u *auth.User) (string, error) {
	if g.current == nil {
		return "", errNoKey
	}
	if u == nil {
		return "", ErrInvalid
	}
	seconds := wallClock(g.opts.Now(), g.opts.TimeZone)
	if seconds < 0 {
		return "", errBeforeEpoch
	}
	stamp := seconds
	if g.opts.Days {
		stamp = seconds / secondsOfDay
	}
	value, err := g.value(u, stamp)
	if err != nil {
		return "", err
	}
	return formatBase36(stamp) + "-" + digits(g.current, value), nil
}

// Check returns nil if a token is the user's and has not expired, else
// [ErrInvalid] or [ErrExpired]; no token is good for no user. Any other error
// is for a generator whose settings do not work.
// Django: PasswordResetTokenGenerator.check_token.
func (g *Generator) Check(u *auth.User, token string) error {
	if g.current == nil {
		return errNoKey
	}
	text, mac, _ := strings.Cut(token, "-")
	stamp, ok := parseBase36(text)
	if !ok || u == nil {
		return ErrInvalid
	}
	value, err := g.value(u, stamp)
	if err != nil {
		return err
	}
	if !g.accepts(value, mac) {
		return ErrInvalid
	}
	if g.expired(stamp, len(text)) {
		return ErrExpired
	}
	return nil
}

// accepts compares in constant time.
func (g *Generator) accepts(value, mac string) bool {
	for _, m := range g.accepted {
		if subtle.ConstantTimeCompare([]byte(digits(m, value)), []byte(mac)) == 1 {
			return true
		}
	}
	return false
}

// expired reports whether a time of so many digits is too long ago.
func (g *Generator) expired(stamp int64, width int) bool {
	now := wallClock(g.opts.Now(), g.opts.TimeZone)
	if g.opts.Days {
		return floorDiv(now, secondsOfDay)-stamp > int64(g.opts.Timeout/day)
	}
	if g.opts.AcceptSHA1 && width < 4 { // days, which began at the present time of the day
		stamp = stamp*secondsOfDay + now - floorDiv(now, secondsOfDay)*secondsOfDay
	}
	return now-stamp > int64(g.opts.Timeout/second)
}

// digits are every other hexadecimal digit of a MAC, which is half as strong,
// and still 80 bits or more.
func digits(m *signing.MAC, value string) string {
	sum := hex.AppendEncode(nil, m.Append(nil, value))
	for i := range len(sum) / 2 {
		sum[i] = sum[2*i]
	}
	return string(sum[:len(sum)/2])
}
