// Package audit tells what an upgrade of Django would do to the sessions that
// are there.
package audit

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/survey"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/signing"
)

// Targets are the versions that an upgrade can lead to.
var Targets = []string{"4.2", "5.2", "6.1", "6.2"}

// KnownTarget returns the one of Targets that a version is judged as: itself,
// or the last one for a later Django, such as those that are called after their
// year. It returns "" for any other.
func KnownTarget(version string) string {
	if slices.Contains(Targets, version) {
		return version
	}
	newest := Targets[len(Targets)-1]
	if series(version) > series(newest) {
		return newest
	}
	return ""
}

// series is a version as a number to compare, or 0 if it is not one.
func series(version string) int {
	major, minor, dotted := strings.Cut(version, ".")
	m, err := strconv.Atoi(major)
	if err != nil || m < 0 {
		return 0
	}
	n := 0
	if dotted {
		if n, err = strconv.Atoi(minor); err != nil || n < 0 || n > 999 {
			return 0
		}
	}
	return m*1000 + n
}

// A Hash is what the site's session auth hashes are.
type Hash string

// The kinds of hash.
const (
	DjangoHash Hash = "django"
	NoHash     Hash = "none" // the user model has no get_session_auth_hash
	OwnHash    Hash = "own"  // the user model overrides it
)

// appliesTo says which checks are about hashes, and about which kinds of hash.
var appliesTo = map[string][]Hash{"sha1-auth-hash": {DjangoHash}, "no-auth-hash": {DjangoHash, OwnHash}, "own-auth-hash": {OwnHash}}

func applies(code string, hash Hash) bool {
	kinds, about := appliesTo[code]
	return !about || slices.Contains(kinds, hash)
}

// A check is something that can be the matter with a session.
type check struct {
	code   string
	title  string
	effect string
	remedy string
	breaks func(target string) bool // else it is only worth knowing
	found  func(s *survey.Session) bool
}

func always(string) bool { return true }
func never(string) bool  { return false }

// since is a break from a version on, as the targets are ordered.
func since(first string) func(string) bool {
	return func(target string) bool { return slices.Index(Targets, target) >= slices.Index(Targets, first) }
}

func readable(found func(s *survey.Session) bool) func(*survey.Session) bool {
	return func(s *survey.Session) bool { return s.Err == nil && s.Encoding.Serializer != "" && found(s) }
}

func because(reasons ...survey.Reason) func(*survey.Session) bool {
	return func(s *survey.Session) bool { return slices.Contains(reasons, s.Reason()) }
}

// checks are all of them, the gravest first.
var checks = []check{
	{
		"legacy-layout", "in the layout of Django 3.0 and older", "Django 4.0 and later take it for an empty session: the user is logged out, the cart is gone",
		"djsession migrate --to modern, while Django 3.1 or 3.2 runs", always,
		readable(func(s *survey.Session) bool { return s.Encoding.Layout == djsession.LayoutLegacy }),
	},
	{
		"sha1-signature", "signed with SHA-1", "Django 4.0 and later take it for an empty session",
		"djsession migrate --to modern, after DEFAULT_HASHING_ALGORITHM = \"sha1\" is gone from the settings", always,
		readable(func(s *survey.Session) bool {
			return s.Encoding.Layout == djsession.LayoutModern && s.Encoding.Algorithm == signing.SHA1
		}),
	},
	{
		"pickle", "pickled", "Django 5.0 has no PickleSerializer any more and takes it for an empty session; before, SESSION_SERIALIZER must name it",
		"djsession migrate --to json, once a SESSION_SERIALIZER that reads both runs: see 'djsession help upgrade'", since("5.2"),
		readable(func(s *survey.Session) bool { return s.Encoding.Serializer == "pickle" }),
	},
	{
		"sha1-auth-hash", "a login whose session auth hash is SHA-1", "Django 4.0 and later log the user out and delete the session",
		"djsession migrate --to modern, while Django 3.1 or 3.2 runs", always,
		readable(func(s *survey.Session) bool {
			hash, _ := s.Data.Text(survey.HashName)
			return len(hash) == 40
		}),
	},
	{
		"unknown-key", "signed with a key that is none of those given here", "every Django takes it for an empty session",
		"find the key and add it to SECRET_KEY_FALLBACKS (Django 4.1 and later); is it another site's session?", always,
		because(survey.AnotherKey),
	},
	{
		"naive-expiry", "with a set_expiry() time that has no offset", "under USE_TZ = True, the default since Django 5.0, every request with it fails",
		"keep USE_TZ = False until they have expired, or delete them", since("5.2"),
		readable(naiveExpiry),
	},
	{
		"fallback-key", "signed with a fallback key", "it is read as long as SECRET_KEY_FALLBACKS names that key",
		"djsession migrate --to key, before the fallback goes: see 'djsession help rotate'", never,
		readable(func(s *survey.Session) bool { return s.Encoding.Key > 0 }),
	},
	{
		"own-auth-hash", "a login whose session auth hash is the site's own", "it stays good as long as the site's own code computes the same",
		"compare get_session_auth_hash before and after the upgrade: salted_hmac takes SHA-1 unless algorithm says otherwise, in every Django", never,
		readable(func(s *survey.Session) bool {
			_, loggedIn := s.User()
			hash, _ := s.Data.Text(survey.HashName)
			return loggedIn && hash != ""
		}),
	},
	{
		"no-auth-hash", "a login without a session auth hash", "Django 1.10 and later log the user out at the next request",
		"nothing: these logins are over already", never,
		readable(func(s *survey.Session) bool {
			_, loggedIn := s.User()
			hash, _ := s.Data.Text(survey.HashName)
			return loggedIn && hash == ""
		}),
	},
	{
		"too-large", "larger than djsession reads", "Django reads it, and what an upgrade does to it is not known here",
		"look at it with Django: djsession writes nothing over it", never,
		because(survey.TooLarge),
	},
	{
		"unreadable", "damaged, or not a session at all", "every Django takes it for an empty session",
		"nothing: they are lost already", never,
		because(survey.Damaged, survey.Undecodable, survey.Unsupported),
	},
}

// naiveExpiry knows an expiry that is a text without an offset from UTC. Django
// up to 4.0 cannot have written one.
func naiveExpiry(s *survey.Session) bool {
	text, ok := s.Data.Text("_session_expiry")
	if !ok || s.Encoding.Serializer != "json" || len(text) < len("2006-01-02T15:04:05") {
		return false
	}
	return !strings.ContainsAny(text[len("2006-01-02"):], "+-Z")
}

// A Finding is what is the matter with some sessions.
type Finding struct {
	Code     string    `json:"code"`
	Title    string    `json:"title"`
	Breaks   bool      `json:"breaks"` // at the upgrade
	Effect   string    `json:"effect"`
	Remedy   string    `json:"remedy"`
	Sessions int64     `json:"sessions"`
	LoggedIn int64     `json:"logged_in"`
	Examples []Example `json:"examples"`
}

// An Example is one such session. Session keys stay secret: it is known by its
// fingerprint.
type Example struct {
	Key     string    `json:"key"`
	User    string    `json:"user,omitempty"`
	Expires time.Time `json:"expires"`
	Size    int       `json:"size"`
}

// A Report is what would happen at an upgrade.
type Report struct {
	Target   string    `json:"target"`
	Time     time.Time `json:"time"`
	Sessions int64     `json:"sessions"` // live ones
	Breaking int64     `json:"breaking"` // of them, those that would be lost, each counted once
	LoggedIn int64     `json:"logged_in"`
	LogsOut  int64     `json:"logs_out"` // of those, who would be logged out
	Findings []Finding `json:"findings"`
}

const maxExamples = 3

// Run audits the live sessions of a source, for a target that [KnownTarget]
// knows. Examples are those that live longest.
func Run(ctx context.Context, src *survey.Source, target string, hash Hash, now time.Time) (*Report, error) {
	var sums []*sum
	live := *src
	live.List.State = djsession.StateLive
	err := live.Walk(ctx, func() func(*survey.Session) {
		s := newSum(target, hash, now)
		sums = append(sums, s)
		return s.add
	})
	if err != nil {
		return nil, err
	}
	all := sums[0]
	for _, s := range sums[1:] {
		all.merge(s)
	}
	return all.report(), nil
}

// A sum is what one worker found, check by check.
type sum struct {
	r        Report
	hash     Hash
	findings []Finding
}

func newSum(target string, hash Hash, now time.Time) *sum {
	s := &sum{r: Report{Target: target, Time: now.UTC()}, hash: hash, findings: make([]Finding, len(checks))}
	known := KnownTarget(target)
	for i := range checks {
		c := &checks[i]
		s.findings[i] = Finding{Code: c.code, Title: c.title, Breaks: c.breaks(known), Effect: c.effect, Remedy: c.remedy, Examples: []Example{}}
	}
	return s
}

func (s *sum) add(found *survey.Session) {
	s.r.Sessions++
	user, loggedIn := found.User()
	if loggedIn {
		s.r.LoggedIn++
	}
	breaks := false
	for i := range checks {
		if !applies(checks[i].code, s.hash) || !checks[i].found(found) {
			continue
		}
		f := &s.findings[i]
		f.Sessions++
		if loggedIn {
			f.LoggedIn++
		}
		breaks = breaks || f.Breaks
		if len(f.Examples) < maxExamples || found.Expires.After(f.Examples[maxExamples-1].Expires) {
			f.example(Example{djsession.Fingerprint(found.Key), user, found.Expires.UTC(), found.Size()})
		}
	}
	if breaks {
		s.r.Breaking++
		if loggedIn {
			s.r.LogsOut++
		}
	}
}

func (f *Finding) example(e Example) {
	f.Examples = append(f.Examples, e)
	slices.SortFunc(f.Examples, func(a, b Example) int {
		return cmp.Or(b.Expires.Compare(a.Expires), cmp.Compare(a.Key, b.Key))
	})
	f.Examples = f.Examples[:min(len(f.Examples), maxExamples)]
}

func (s *sum) merge(o *sum) {
	s.r.Sessions += o.r.Sessions
	s.r.Breaking += o.r.Breaking
	s.r.LoggedIn += o.r.LoggedIn
	s.r.LogsOut += o.r.LogsOut
	for i := range s.findings {
		f := &s.findings[i]
		f.Sessions += o.findings[i].Sessions
		f.LoggedIn += o.findings[i].LoggedIn
		for _, e := range o.findings[i].Examples {
			f.example(e)
		}
	}
}

// report has only what was found; what breaks comes first.
func (s *sum) report() *Report {
	r := s.r
	r.Findings = []Finding{}
	for _, breaks := range []bool{true, false} {
		for _, f := range s.findings {
			if f.Sessions > 0 && f.Breaks == breaks {
				r.Findings = append(r.Findings, f)
			}
		}
	}
	return &r
}
