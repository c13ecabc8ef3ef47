package auth

import (
	"math"
	"slices"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/pyjson"
)

// The names under which django-allauth keeps how a session was authenticated,
// and whose authentications those are.
const (
	recordsName     = "account_authentication_methods"
	recordsUserName = "account_authentication_methods_user"
)

// A record is one authentication. What else it holds is left alone.
type record struct {
	Method string  `json:"method"`
	At     float64 `json:"at"` // seconds since 1970
}

func (r record) time() time.Time {
	seconds, fraction := math.Modf(r.At)
	if !(math.Abs(seconds) < 1<<40) { // not a number, or no time
		return time.Time{}
	}
	return time.Unix(int64(seconds), int64(fraction*1e9))
}

// records returns the authentications of a user that a session holds. Those
// that do not say whose they are do not count: a session collects them before
// the login, which may then be another user's.
// Django: allauth.account.internal.flows.login.get_authentication_records.
func (a *Auth) records(s *djsession.Session, u *User) []record {
	if !a.isWhose(s, recordsUserName, u) {
		return nil
	}
	records, _, err := djsession.Get[[]record](s, recordsName)
	if err != nil {
		return nil
	}
	return records
}

// isWhose reports whether a name in a session holds a user's id.
func (a *Auth) isWhose(s *djsession.Session, name string, u *User) bool {
	if u == nil {
		return false
	}
	text, ok := s.Text(name)
	if !ok {
		return false
	}
	id, ok := a.canonical(text)
	own, known := a.canonical(u.ID)
	return ok && known && id == own
}

// addRecord notes an authentication, as allauth does.
// Django: allauth.account.internal.flows.login.record_authentication.
func (a *Auth) addRecord(s *djsession.Session, u *User, more ...pyjson.Member) {
	var list []any
	if a.isWhose(s, recordsUserName, u) {
		if held, _, err := djsession.Get[[]any](s, recordsName); err == nil {
			list = slices.Clone(held)
		}
	}
	now := float64(a.opts.Now().UnixMicro()) / 1e6
	entry := append(pyjson.Object{{Name: "method", Value: "password"}, {Name: "at", Value: now}}, more...)
	s.Set(recordsName, append(list, entry))
	s.Set(recordsUserName, u.ID)
}
