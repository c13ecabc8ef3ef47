package survey

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/signing"
)

// A Report is what a survey found, for people and tools.
type Report struct {
	Time     time.Time `json:"time"`
	Sessions int64     `json:"sessions"`
	Live     State     `json:"live"`
	Expired  State     `json:"expired"`

	Layouts     []Bucket       `json:"layouts"`
	Serializers []Bucket       `json:"serializers"`
	Algorithms  []Bucket       `json:"algorithms"`
	Keys        []Bucket       `json:"keys"`
	Compressed  int64          `json:"compressed"`
	Unreadable  []Bucket       `json:"unreadable"`
	Readers     []ReaderReport `json:"readers"`

	Stored  SizeReport `json:"stored"`  // bytes as they are in the store
	Payload SizeReport `json:"payload"` // bytes before compression and signing

	Ages         []Bucket `json:"ages"` // of live sessions, since they were last saved
	Undated      int64    `json:"undated"`
	Expiring     []Bucket `json:"expiring"`      // live sessions, by the week in which they end
	ExpiredSince []Bucket `json:"expired_since"` // expired sessions that are still there

	Users   UserReport   `json:"users"`
	Largest []Largest    `json:"largest"`
	Names   []NameReport `json:"names"`
}

// ReaderReport is how many sessions a Django can read, if it knows the same
// secret keys.
type ReaderReport struct {
	Django     string `json:"django"`
	Serializer string `json:"serializer"`
	Sessions   int64  `json:"sessions"`
}

// UserReport is who is logged in, in live sessions.
type UserReport struct {
	Distinct int64       `json:"distinct"`
	Exact    bool        `json:"exact"` // else Distinct is the least, and each count may be MaxError too small
	MaxError int64       `json:"max_error"`
	Top      []UserCount `json:"top"`
}

// UserCount is how many live sessions a user has.
type UserCount struct {
	User     string `json:"user"`
	Sessions int64  `json:"sessions"`
}

// NameReport is in how many sessions a name is.
type NameReport struct {
	Name     string `json:"name"`
	Sessions int64  `json:"sessions"`
}

// Take surveys a source.
func Take(ctx context.Context, src *Source, now time.Time) (*Report, error) {
	var tallies []*Tally
	err := src.Walk(ctx, func() func(*Session) {
		t := NewTally(now)
		tallies = append(tallies, t)
		return t.Add
	})
	if err != nil {
		return nil, err
	}
	all := tallies[0]
	for _, t := range tallies[1:] {
		all.Merge(t)
	}
	return all.Report(), nil
}

// Report returns the sums.
func (t *Tally) Report() *Report {
	r := &Report{
		Time:       t.now.UTC(),
		Sessions:   t.sessions,
		Live:       t.states[0],
		Expired:    t.states[1],
		Layouts:    []Bucket{{djsession.LayoutModern.String(), t.layouts[djsession.LayoutModern]}, {djsession.LayoutLegacy.String(), t.layouts[djsession.LayoutLegacy]}},
		Algorithms: []Bucket{{signing.SHA256.String(), t.algorithms[signing.SHA256]}, {signing.SHA1.String(), t.algorithms[signing.SHA1]}},
		Compressed: t.compressed,
		Stored:     t.stored.report(),
		Payload:    t.payload.report(),
		Undated:    t.undated,
		Ages:       buckets(ageTitles[:], t.ages[:]),
		Users: UserReport{
			Distinct: int64(t.users.Len()),
			Exact:    t.users.Missed() == 0,
			MaxError: t.users.Missed(),
			Top:      []UserCount{},
		},
		Largest:      append([]Largest{}, t.largest...),
		ExpiredSince: buckets(goneTitles[:], t.gone[:]),
		Serializers:  []Bucket{}, Keys: []Bucket{}, Unreadable: []Bucket{}, Readers: []ReaderReport{}, Names: []NameReport{},
	}
	for _, name := range slices.Sorted(maps.Keys(t.serializers)) {
		r.Serializers = append(r.Serializers, Bucket{name, t.serializers[name]})
	}
	for i, n := range t.keys {
		r.Keys = append(r.Keys, Bucket{KeyTitle(i), n})
	}
	for _, reason := range Reasons {
		if n := t.reasons[reason]; n > 0 {
			r.Unreadable = append(r.Unreadable, Bucket{string(reason), n})
		}
	}
	for i, n := range t.readers {
		if n > 0 || Readers[i].Serializer == "json" {
			r.Readers = append(r.Readers, ReaderReport{Readers[i].Django, Readers[i].Serializer, n})
		}
	}
	for i, n := range t.ahead {
		title := "this week"
		switch i {
		case 0:
		case 1:
			title = "in a week"
		case weeksAhead:
			title = "later"
		default:
			title = fmt.Sprintf("in %d weeks", i)
		}
		r.Expiring = append(r.Expiring, Bucket{title, n})
	}
	for _, c := range t.users.Top(topCount) {
		r.Users.Top = append(r.Users.Top, UserCount{c.Text, c.Count})
	}
	for _, c := range t.names.Top(topCount + topCount/2) {
		r.Names = append(r.Names, NameReport{c.Text, c.Count})
	}
	return r
}

func buckets(titles []string, counts []int64) []Bucket {
	all := make([]Bucket, len(titles))
	for i := range all {
		all[i] = Bucket{titles[i], counts[i]}
	}
	return all
}
