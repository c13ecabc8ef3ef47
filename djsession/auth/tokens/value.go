package tokens

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/djsession/djsession-go/djsession/auth"
)

// value is the text that the MAC of a user's token is over.
func (g *Generator) value(u *auth.User, stamp int64) (string, error) {
	var text strings.Builder
	for _, part := range g.opts.Value(u, stamp, g.inherited(u, stamp)) {
		s, err := str(part)
		if err != nil {
			return "", err
		}
		text.WriteString(s)
	}
	return text.String(), nil
}

// inherited is the value of Django's own generator. Its parts follow each other
// without anything between them.
// Django: PasswordResetTokenGenerator._make_hash_value.
func (g *Generator) inherited(u *auth.User, stamp int64) string {
	text := u.ID + string(u.Password) + g.lastLogin(u) + strconv.FormatInt(stamp, 10)
	if g.opts.Days {
		return text
	}
	return text + u.Email
}

// lastLogin is without microseconds, which not every database keeps.
func (g *Generator) lastLogin(u *auth.User) string {
	if u.LastLogin.IsZero() {
		return ""
	}
	return u.LastLogin.In(g.opts.LastLoginZone).Format("2006-01-02 15:04:05")
}

// str is Python's str of a value. fmt would write "true", "<nil>", and dots for
// a password hash, so that a token would not depend on it.
func str(value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "None", nil
	case string:
		return v, nil
	case auth.EncodedPassword:
		return string(v), nil
	case bool:
		if v {
			return "True", nil
		}
		return "False", nil
	case int:
		return strconv.Itoa(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	}
	return "", fmt.Errorf("tokens: Options.Value returned a %T, whose text in Python is not known: return text, int, int64, bool or nil", value)
}
