package migrate

import (
	"context"
	"fmt"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/survey"
	"github.com/djsession/djsession-go/djsession"
)

// Early says that it is too early for a part of a plan: the Django that runs
// would take what is migrated for empty sessions, and save those over them.
type Early struct {
	To     string `json:"to"` // json, modern or key
	Reason string `json:"reason"`

	// SignedAt is when the session was signed that tells; zero if that is not
	// known.
	SignedAt time.Time `json:"-"`
}

// A Version is that of the site's Django. The zero Version is one that is not
// known.
type Version struct{ Major, Minor int }

// before reports whether v is known, and older than major.minor.
func (v Version) before(major, minor int) bool {
	return v.Major > 0 && (v.Major < major || v.Major == major && v.Minor < minor)
}

// newestSample is how many of the sessions that expire last are looked at: the
// newest are among them.
const newestSample = 2000

// TooEarly looks at the newest sessions for what the running Django writes, and
// returns the parts of the plan that would destroy sessions under it.
func TooEarly(ctx context.Context, store djsession.EncodedStore, plan *Plan, django Version) ([]Early, error) {
	var seen newest
	reader := plan.reader()
	opts := &djsession.ListOptions{State: djsession.StateLive, Order: djsession.OrderByExpiryDescending, Limit: newestSample, PageSize: newestSample}
	for text, err := range store.ListEncoded(ctx, opts) {
		if err != nil {
			return nil, err
		}
		if s := survey.Decode(reader, &text); s.Err == nil {
			seen.add(&s)
		}
	}
	var early []Early
	if plan.JSON && seen.pickle.after(seen.json) {
		early = append(early, Early{"json", "the newest session is pickled: the site still runs PickleSerializer, to which JSON is an empty session", seen.pickle.signed})
	}
	switch {
	case plan.Modern && django.before(3, 1):
		early = append(early, Early{"modern", fmt.Sprintf("the site runs Django %d.%d, to which the modern layout is an empty session", django.Major, django.Minor), time.Time{}})
	case plan.Modern && django.Major == 0 && seen.legacy.there && !seen.modern.there:
		early = append(early, Early{"modern", "no session is in the modern layout: the site still runs Django 3.0 or older, to which that is an empty session", time.Time{}})
	}
	if plan.Key && seen.fallback.after(seen.current) {
		early = append(early, Early{"key", "the newest session was signed with a fallback key: the site still signs with that, and what the SECRET_KEY signs is an empty session to it", seen.fallback.signed})
	}
	return early, nil
}

// newest is the newest session of each kind.
type newest struct {
	json, pickle, modern, legacy, current, fallback latest
}

// latest is when the newest session of a kind was signed, or, of sessions that
// do not say, when it ends.
type latest struct {
	there        bool
	signed, ends time.Time
}

func (n *newest) add(s *survey.Session) {
	if s.Encoding.Serializer == "pickle" {
		n.pickle.add(s)
	} else {
		n.json.add(s)
	}
	if s.Encoding.Layout == djsession.LayoutLegacy {
		n.legacy.add(s)
	} else {
		n.modern.add(s)
	}
	if s.Encoding.Key > 0 {
		n.fallback.add(s)
	} else {
		n.current.add(s)
	}
}

func (l *latest) add(s *survey.Session) {
	l.there = true
	if s.Encoding.SignedAt.After(l.signed) {
		l.signed = s.Encoding.SignedAt
	}
	if s.Expires.After(l.ends) {
		l.ends = s.Expires
	}
}

// after reports whether the newest session of l is newer than that of o.
func (l *latest) after(o latest) bool {
	switch {
	case !l.there || !o.there:
		return l.there
	case !l.signed.IsZero() && !o.signed.IsZero():
		return l.signed.After(o.signed)
	}
	return l.ends.After(o.ends)
}
