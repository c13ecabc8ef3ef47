package survey

import (
	"cmp"
	"slices"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// A Tally sums up sessions.
type Tally struct {
	now      time.Time
	sessions int64
	states   [2]State // live, expired

	layouts, algorithms [2]int64
	compressed          int64
	serializers         map[string]int64
	keys                []int64
	reasons             map[Reason]int64
	readers             []int64

	stored, payload Sizes
	ages            [len(ageTitles)]int64
	undated         int64
	ahead           [weeksAhead + 1]int64
	gone            [len(goneTitles)]int64

	users, names Counts
	largest      []Largest
}

// State is who the sessions of a state belong to.
type State struct {
	Sessions  int64 `json:"sessions"`
	LoggedIn  int64 `json:"logged_in"`
	Anonymous int64 `json:"anonymous"`
	Empty     int64 `json:"empty"`
	Unread    int64 `json:"unreadable"`
}

// Largest is one of the largest sessions.
type Largest struct {
	Key    string `json:"key"` // its fingerprint
	Bytes  int64  `json:"bytes"`
	User   string `json:"user,omitempty"`
	Reason Reason `json:"unreadable,omitempty"`
}

const (
	weeksAhead  = 8
	topCount    = 10
	largestKept = 10
	week        = 7 * 24 * time.Hour
)

// Spans that ages and expiries are counted in.
var (
	ageTitles  = [...]string{"under an hour", "under a day", "under a week", "under 2 weeks", "under 4 weeks", "under 12 weeks", "under a year", "a year and more"}
	ageLimits  = [...]time.Duration{time.Hour, 24 * time.Hour, week, 2 * week, 4 * week, 12 * week, 365 * 24 * time.Hour}
	goneTitles = [...]string{"under a day ago", "under a week ago", "under 4 weeks ago", "under 12 weeks ago", "under a year ago", "a year ago and more"}
	goneLimits = [...]time.Duration{24 * time.Hour, week, 4 * week, 12 * week, 365 * 24 * time.Hour}
)

// NewTally returns an empty tally. Live is what expires after now.
func NewTally(now time.Time) *Tally {
	return &Tally{now: now, serializers: make(map[string]int64), reasons: make(map[Reason]int64), readers: make([]int64, len(Readers))}
}

// Add counts one session.
func (t *Tally) Add(s *Session) {
	t.sessions++
	live := s.Live(t.now)
	state := &t.states[1]
	if live {
		state = &t.states[0]
		t.ahead[min(int(s.Expires.Sub(t.now)/week), weeksAhead)]++
	} else {
		t.gone[band(goneLimits[:], t.now.Sub(s.Expires))]++
	}
	state.Sessions++
	t.stored.Add(s.Size())
	t.addLargest(s)
	if s.Err != nil {
		state.Unread++
		t.reasons[s.Reason()]++
		return
	}
	t.addEncoding(s, live)
	user, loggedIn := s.User()
	switch {
	case loggedIn:
		state.LoggedIn++
		if live {
			t.users.Add(user)
		}
	case s.Data.Len() == 0:
		state.Empty++
	default:
		state.Anonymous++
	}
	for name := range s.Data.Names() {
		t.names.Add(name)
	}
}

func (t *Tally) addEncoding(s *Session, live bool) {
	enc := &s.Encoding
	t.payload.Add(enc.Size)
	if enc.Serializer == "" {
		return // the store does not say: it signs nothing
	}
	t.layouts[enc.Layout]++
	t.algorithms[enc.Algorithm]++
	t.serializers[enc.Serializer]++
	if enc.Compressed {
		t.compressed++
	}
	for len(t.keys) <= enc.Key {
		t.keys = append(t.keys, 0)
	}
	t.keys[enc.Key]++
	for i := range Readers {
		if Readers[i].Reads(s) {
			t.readers[i]++
		}
	}
	switch {
	case !live:
	case enc.SignedAt.IsZero():
		t.undated++
	default:
		t.ages[band(ageLimits[:], t.now.Sub(enc.SignedAt))]++
	}
}

// band returns the first limit that d is under, or their number.
func band(limits []time.Duration, d time.Duration) int {
	for i, limit := range limits {
		if d < limit {
			return i
		}
	}
	return len(limits)
}

func (t *Tally) addLargest(s *Session) {
	size := int64(s.Size())
	if len(t.largest) == largestKept && size <= t.largest[largestKept-1].Bytes {
		return
	}
	user, _ := s.User()
	t.insertLargest(Largest{djsession.Fingerprint(s.Key), size, user, s.Reason()})
}

func (t *Tally) insertLargest(l Largest) {
	at, _ := slices.BinarySearchFunc(t.largest, l, func(a, b Largest) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Key, b.Key))
	})
	t.largest = slices.Insert(t.largest, at, l)
	t.largest = t.largest[:min(len(t.largest), largestKept)]
}

// Merge adds another tally.
func (t *Tally) Merge(o *Tally) {
	t.sessions += o.sessions
	for i := range t.states {
		a, b := &t.states[i], &o.states[i]
		*a = State{a.Sessions + b.Sessions, a.LoggedIn + b.LoggedIn, a.Anonymous + b.Anonymous, a.Empty + b.Empty, a.Unread + b.Unread}
	}
	t.compressed += o.compressed
	t.undated += o.undated
	for len(t.keys) < len(o.keys) {
		t.keys = append(t.keys, 0)
	}
	for _, pair := range [][2][]int64{
		{t.layouts[:], o.layouts[:]}, {t.algorithms[:], o.algorithms[:]}, {t.keys, o.keys}, {t.readers, o.readers},
		{t.ages[:], o.ages[:]}, {t.ahead[:], o.ahead[:]}, {t.gone[:], o.gone[:]},
	} {
		for i, n := range pair[1] {
			pair[0][i] += n
		}
	}
	for name, n := range o.serializers {
		t.serializers[name] += n
	}
	for reason, n := range o.reasons {
		t.reasons[reason] += n
	}
	t.stored.Merge(&o.stored)
	t.payload.Merge(&o.payload)
	t.users.Merge(&o.users)
	t.names.Merge(&o.names)
	for _, l := range o.largest {
		t.insertLargest(l)
	}
}
