package cli

import (
	"context"
	"slices"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/pflag"

	"github.com/djsession/djsession-go/cmd/djsession/internal/account"
	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/cmd/djsession/internal/place"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/values"
	"github.com/djsession/djsession-go/djsession"
)

// A filter selects sessions. Its flags are the same for all commands that walk
// through a store.
type filter struct {
	expired, all bool
	user         string
	anonymous    bool
	names        []string
	where        []string
	since, until string
	after        string // --expires-after
	before       string // --expires-before
	largerThan   string

	// The values of the flags, after prepare.
	conditions []*values.Condition
	from, to   time.Time // when it was last saved
	ends       [2]time.Time
	minSize    uint64
	cookieAge  time.Duration
	whose      *account.Account // of user

	unread unread // what selected could not judge
}

func (f *filter) flags(flags *pflag.FlagSet) {
	flags.BoolVar(&f.expired, "expired", false, "expired sessions instead of live ones")
	flags.BoolVar(&f.all, "all", false, "live and expired sessions")
	f.selectFlags(flags)
}

func (f *filter) selectFlags(flags *pflag.FlagSet) {
	flags.StringVar(&f.user, "user", "", "only sessions of the user with this `ID` or name, logged in or half-way in")
	flags.BoolVar(&f.anonymous, "anonymous", false, "only sessions in which no user is logged in")
	flags.StringArrayVar(&f.names, "name", nil, "only sessions that hold a value of this `NAME`; can be given again")
	flags.StringArrayVar(&f.where, "where", nil, "only sessions of which a `CONDITION` holds, such as 'cart.total>10' (see 'djsession help where')")
	flags.StringVar(&f.since, "since", "", "only sessions saved since a `TIME`: 2006-01-02, '2006-01-02 15:04', or how long ago, 30m or 3d")
	flags.StringVar(&f.until, "until", "", "only sessions saved before a `TIME`")
	flags.StringVar(&f.after, "expires-after", "", "only sessions that expire at a `TIME` or later: a date, or how far ahead, 30m or 3d")
	flags.StringVar(&f.before, "expires-before", "", "only sessions that expire before a `TIME`")
	flags.StringVar(&f.largerThan, "larger-than", "", "only sessions of more than this `SIZE`, such as 4KB")
}

// filterFlags are the names of the flags that select.
var filterFlags = []string{"expired", "all", "user", "anonymous", "name", "where", "since", "until", "expires-after", "expires-before", "larger-than"}

// given reports whether any flag selects.
func (f *filter) given(flags *pflag.FlagSet) bool {
	return slices.ContainsFunc(filterFlags, flags.Changed)
}

// prepare reads the flags.
func (f *filter) prepare(ctx context.Context, a *app, b *place.Place, s *settings.Site) error {
	if f.anonymous && f.user != "" {
		return fail.Usagef("--user and --anonymous exclude each other")
	}
	if f.expired && f.all {
		return fail.Usagef("--expired and --all exclude each other")
	}
	for _, text := range f.where {
		c, err := values.ParseCondition(text)
		if err != nil {
			return err
		}
		f.conditions = append(f.conditions, c)
	}
	for _, t := range []struct {
		text      string
		direction time.Duration
		to        *time.Time
	}{{f.since, -1, &f.from}, {f.until, -1, &f.to}, {f.after, 1, &f.ends[0]}, {f.before, 1, &f.ends[1]}} {
		if t.text == "" {
			continue
		}
		var err error
		if *t.to, err = human.ParseWhen(t.text, t.direction, a.now()); err != nil {
			return err
		}
	}
	if f.largerThan != "" {
		var err error
		if f.minSize, err = humanize.ParseBytes(f.largerThan); err != nil {
			return fail.Usagef("--larger-than: %q is no size: write 500, 4KB or 1MiB", f.largerThan)
		}
	}
	f.cookieAge = s.CookieAge
	if f.user == "" {
		return nil
	}
	var err error
	if f.whose, err = account.Find(ctx, b, s, f.user); err == nil {
		f.user = f.whose.ID
	}
	return err
}

// walkPage is how many sessions a walk fetches at once: enough for few round
// trips, and little memory.
const walkPage = 2000

// inKeyOrder is options for commands that must not miss a session: a session
// that is saved during the walk keeps its place in the order of keys, but not
// in that of expiry.
func (f *filter) inKeyOrder() *djsession.ListOptions {
	opts := f.options()
	opts.Order = djsession.OrderByKey
	return opts
}

// options is what the store can select by itself, those that end last first.
func (f *filter) options() *djsession.ListOptions {
	opts := &djsession.ListOptions{Order: djsession.OrderByExpiryDescending, State: djsession.StateLive, From: f.ends[0], To: f.ends[1], PageSize: walkPage}
	switch {
	case f.all:
		opts.State = djsession.StateAny
	case f.expired:
		opts.State = djsession.StateExpired
	}
	return opts
}

// picky reports whether the store cannot select all by itself.
func (f *filter) picky() bool {
	return f.user != "" || f.anonymous || f.names != nil || f.conditions != nil || f.minSize != 0 || !f.from.IsZero() || !f.to.IsZero()
}

// matches is the rest. A session that cannot be read matches only where nothing
// is asked of what it holds.
func (f *filter) matches(found *session) bool {
	if found.Err != nil {
		return !f.picky()
	}
	d := found.Data
	switch {
	case f.whose != nil && !f.whose.Has(d),
		f.anonymous && account.UserID(d) != "",
		f.minSize > 0 && uint64(found.Encoding.Size) <= f.minSize:
		return false
	}
	if saved := f.saved(found); !f.from.IsZero() && saved.Before(f.from) || !f.to.IsZero() && !saved.Before(f.to) {
		return false
	}
	for _, name := range f.names {
		if !d.Has(name) {
			return false
		}
	}
	for _, c := range f.conditions {
		if !c.Matches(d) {
			return false
		}
	}
	return true
}

// saved is when a session was last saved: what its signature says, else what
// its end lets us think.
func (f *filter) saved(found *session) time.Time { return savedAt(found, f.cookieAge) }

func savedAt(found *session, cookieAge time.Duration) time.Time {
	if at := found.Encoding.SignedAt; !at.IsZero() {
		return at
	}
	return found.Expires.Add(-cookieAge)
}
