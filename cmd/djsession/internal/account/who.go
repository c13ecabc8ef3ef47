package account

import (
	"context"
	"errors"

	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/djsite"
)

// An Undecided says that the site's own code decides who a session's user is,
// and that nothing else speaks against the login.
type Undecided struct {
	Why *djsite.Unsupported
}

func (e *Undecided) Error() string {
	return "only the site itself knows who is logged in: " + e.Why.Found
}

// reason is the word for it in JSON.
func (e *Undecided) reason() string {
	if e.Why.Name == settings.OwnHash {
		return "own hash"
	}
	return "own code"
}

// Who returns the user of a session as the site would find it, or the reason
// why there is none. The error is an [*Undecided] if the site's own code
// decides and all that djsession can check is right. Who changes nothing.
func (u *Users) Who(ctx context.Context, session *djsession.Session) (*auth.User, error) {
	user, err := u.Auth().User(ctx, session)
	if err != nil {
		return nil, u.doubt(err)
	}
	for _, lack := range u.Site.Unsupported() {
		if lack.Decides {
			return nil, &Undecided{lack}
		}
	}
	return user, nil
}

// doubts are the reasons against a login that the site's own code may overrule.
var doubts = []struct {
	name    string // in the table of what is not supported
	reasons []auth.Reason
}{
	{settings.OwnHash, []auth.Reason{auth.ReasonHashWrong, auth.ReasonHashMissing, auth.ReasonHashForeign}},
	{"is_active", []auth.Reason{auth.ReasonInactive}},
	{"get_user", []auth.Reason{auth.ReasonInactive, auth.ReasonNoSuchUser}},
	{"user_ids", []auth.Reason{auth.ReasonNoSuchUser, auth.ReasonBadID}},
	{"user_columns", []auth.Reason{auth.ReasonNoSuchUser, auth.ReasonInactive, auth.ReasonHashWrong}},
}

// doubt returns the reason why a session is not a login, unless the site's own
// code may decide otherwise.
func (u *Users) doubt(err error) error {
	for _, d := range doubts {
		for _, reason := range d.reasons {
			if errors.Is(err, reason) && u.Site.Lacks(d.name) {
				return &Undecided{settings.UnsupportedNamed(d.name)}
			}
		}
	}
	return err
}
