package migrate

import (
	"cmp"
	"slices"

	"github.com/djsession/djsession-go/cmd/djsession/internal/survey"
	"github.com/djsession/djsession-go/djsession"
)

// A Report is what was done, or in a dry run what would be.
type Report struct {
	To     []string `json:"to"`
	DryRun bool     `json:"dry_run"`
	Done   bool     `json:"done"`            // to the end
	After  string   `json:"after,omitempty"` // where to go on, if not

	Sessions   int64 `json:"sessions"`
	Rewritten  int64 `json:"rewritten"`
	Unchanged  int64 `json:"unchanged"` // what they should be already
	Obstructed int64 `json:"obstructed"`
	Unreadable int64 `json:"unreadable"`
	Overtaken  int64 `json:"overtaken"` // changed or deleted during the run, so left alone

	Logins    Logins        `json:"logins"`
	Obstacles []ObstacleSum `json:"obstacles"`
	Unread    []Unread      `json:"unreadable_by_reason"`

	// TooEarly is what would destroy sessions, as long as the site runs as it
	// does.
	TooEarly []Early `json:"too_early"`

	byType map[string]*ObstacleSum
}

// Logins is what became of session auth hashes.
type Logins struct {
	Current int64 `json:"current"`
	Renewed int64 `json:"renewed"`
	Over    int64 `json:"over"`    // wrong before
	Unknown int64 `json:"unknown"` // users were not looked up
}

// ObstacleSum is what is known of one sort of obstacle.
type ObstacleSum struct {
	Type     string    `json:"type"`
	Rule     string    `json:"rule,omitempty"` // that would convert it
	Values   int64     `json:"values"`
	Sessions int64     `json:"sessions"`
	Examples []Example `json:"examples"`
}

// Example is where an obstacle is: in which session, by the fingerprint of its
// key, and in which value.
type Example struct {
	Key  string `json:"key"`
	Path string `json:"path"`
}

// Unread is why sessions could not be read.
type Unread struct {
	Reason   survey.Reason `json:"reason"`
	Sessions int64         `json:"sessions"`
}

// maxExamples is how many are kept of each sort.
const maxExamples = 3

func newReport(p *Plan, o *Options) *Report {
	r := &Report{DryRun: !o.Write, After: o.After, Obstacles: []ObstacleSum{}, Unread: []Unread{}, TooEarly: []Early{}, byType: make(map[string]*ObstacleSum)}
	for _, to := range []struct {
		name string
		on   bool
	}{{"json", p.JSON}, {"modern", p.Modern}, {"key", p.Key}} {
		if to.on {
			r.To = append(r.To, to.name)
		}
	}
	return r
}

func (r *Report) add(s *survey.Session, out *outcome, done bool) {
	r.Sessions++
	switch {
	case out.result == unreadable:
		r.Unreadable++
		r.unread(s.Reason())
		return
	case out.result == obstructed:
		r.Obstructed++
		r.obstacles(s, out.obstacles)
		return
	case out.result == leave:
		r.Unchanged++
	case !done:
		r.Overtaken++
		return
	default:
		r.Rewritten++
	}
	switch out.login {
	case current:
		r.Logins.Current++
	case renewed:
		r.Logins.Renewed++
	case alreadyOver:
		r.Logins.Over++
	case unknown:
		r.Logins.Unknown++
	}
}

func (r *Report) unread(reason survey.Reason) {
	i := slices.IndexFunc(r.Unread, func(u Unread) bool { return u.Reason == reason })
	if i < 0 {
		i = len(r.Unread)
		r.Unread = append(r.Unread, Unread{Reason: reason})
	}
	r.Unread[i].Sessions++
}

func (r *Report) obstacles(s *survey.Session, obstacles []Obstacle) {
	for _, o := range obstacles {
		sum := r.byType[o.Type]
		if sum == nil {
			sum = &ObstacleSum{Type: o.Type, Rule: o.Rule, Examples: []Example{}}
			r.byType[o.Type] = sum
		}
		sum.Values += o.Values
		sum.Sessions++
		if len(sum.Examples) < maxExamples {
			sum.Examples = append(sum.Examples, Example{djsession.Fingerprint(s.Key), o.Path})
		}
	}
	r.Obstacles = r.Obstacles[:0]
	for _, sum := range r.byType {
		r.Obstacles = append(r.Obstacles, *sum)
	}
	slices.SortFunc(r.Obstacles, func(a, b ObstacleSum) int {
		return cmp.Or(cmp.Compare(b.Values, a.Values), cmp.Compare(a.Type, b.Type))
	})
}
