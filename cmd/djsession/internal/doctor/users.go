package doctor

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/survey"
)

// usersAtMost is how many logins are looked up.
const usersAtMost = 200

// causes are what usually makes logins bad, by the reason that whoami names.
var causes = map[string]string{
	"no such user":        "users are gone; if it is most of them, users_table, users_pk or users_store names another table",
	"bad user id":         "users_pk is not the kind of primary key that the user model has",
	"backend not allowed": "authentication_backends lacks a backend of the site's AUTHENTICATION_BACKENDS; logins by one that the site has dropped are over",
	"user inactive":       "they are over, unless a backend of the site lets inactive users in: then inactive_backends must name it",
	"hash missing":        "a user model without get_session_auth_hash needs session_auth_hash = none; else the site refuses these too",
	"hash wrong":          "users have new passwords; if it is most of them, the user model overrides get_session_auth_hash, or password in users_columns is wrong",
	"hash foreign":        "the user model overrides get_session_auth_hash, or an older Django made it: 'djsession settings import' tells which, and django_version says what counts",
}

// users looks whether logins of the sample are good, as the site would say, and
// if not, why.
func (p *Patient) users(ctx context.Context, r *Report, sample []survey.Session) {
	if p.Who == nil {
		return
	}
	counts := make(map[string]int)
	tried := 0
	for i := range sample {
		s := &sample[i]
		if tried == usersAtMost {
			break
		}
		if _, loggedIn := s.User(); s.Err != nil || !loggedIn {
			continue
		}
		reason, err := p.Who(ctx, s.Data)
		if err != nil {
			r.add(
				"users",
				Bad,
				"users cannot be looked up: "+strings.TrimPrefix(err.Error(), "djsession: "),
				"users_table, users_columns and users_store say where they are; this user must be able to read there",
			)
			return
		}
		tried++
		counts[reason]++
	}
	if tried == 0 {
		r.add(
			"users",
			Unknown,
			"none of the sessions that were read holds a login",
			"log in to the site once, and ask again",
		)
		return
	}
	p.judgeLogins(r, counts, tried)
}

func (p *Patient) judgeLogins(r *Report, counts map[string]int, tried int) {
	good, unsure := counts[""], counts["own hash"]+counts["own code"]
	found := fmt.Sprintf("of %d logged-in sessions, %d are good logins", tried, good)
	if unsure > 0 {
		found += fmt.Sprintf(", of %d only the site itself knows", unsure)
	}
	var reasons []string
	for reason := range counts {
		if reason != "" && !strings.HasPrefix(reason, "own ") {
			reasons = append(reasons, reason)
		}
	}
	slices.SortFunc(reasons, func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
	for _, reason := range reasons {
		found += fmt.Sprintf(", %d: %s", counts[reason], reason)
	}
	switch {
	case len(reasons) == 0 && unsure == 0:
		r.add("users", Good, found, "")
	case len(reasons) == 0:
		r.add("users", Note, found, "")
	case good+unsure == 0 && tried >= 3: // three who all changed their passwords are unlikely
		r.add("users", Bad, found, causes[reasons[0]])
	default:
		r.add("users", Note, found, causes[reasons[0]])
	}
}

// A Lack is something that the site does in code of its own.
type Lack struct {
	Found  string // in a sentence, with what follows from it
	Advice string
	Closes bool // no session of the site can be read or written
}

// lacks repeats what is known about the site's own code. It is not a mistake,
// but a Go service must do the same.
func (p *Patient) lacks(r *Report) {
	for _, lack := range p.Lacks {
		verdict := Note
		if lack.Closes {
			verdict = Bad
		}
		r.add("own_code", verdict, lack.Found, lack.Advice)
	}
}
