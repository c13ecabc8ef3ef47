package doctor

import (
	"fmt"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/survey"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// times holds expire_date against what is signed in each session: it was saved
// at that second, and expires so long after it as SESSION_COOKIE_AGE or its own
// set_expiry() says. The most frequent difference tells of a wrong zone, or of
// another age.
func (p *Patient) times(r *Report, sample []survey.Session) {
	differences := make(map[time.Duration]int)
	dated, ahead := 0, time.Duration(0)
	for i := range sample {
		s := &sample[i]
		if s.Err != nil || s.Encoding.SignedAt.IsZero() {
			continue
		}
		if early := s.Encoding.SignedAt.Sub(p.Now); early > ahead {
			ahead = early
		}
		expiry, err := s.Data.Expiry(p.Local)
		if err != nil {
			continue
		}
		if _, fixed := expiry.At(); fixed {
			continue // it tells nothing of when it was saved
		}
		age := p.CookieAge
		if after, own := expiry.After(); own {
			age = after
		}
		dated++
		differences[s.Expires.Sub(s.Encoding.SignedAt.Add(age)).Round(time.Minute)]++
	}
	if ahead > time.Minute {
		r.add("future", Bad, fmt.Sprintf("a session was signed %v from now", ahead.Round(time.Second)), "the clock of this machine is behind, or that of one where Django runs is ahead: let all follow NTP")
	}
	var most time.Duration
	for d, n := range differences {
		if n > differences[most] || n == differences[most] && d.Abs() < most.Abs() {
			most = d
		}
	}
	share := fmt.Sprintf("%d of %d", differences[most], dated)
	switch {
	case dated < 3:
		r.add("time_zone", Unknown, "there are too few sessions in the modern layout to tell whether expire_date is in the right zone", "")
	case differences[most]*2 < dated:
		r.add("time_zone", Unknown, "expire_date does not follow from when the sessions were signed: the site sets it in its own way", "")
	case most == 0:
		r.add("time_zone", Good, fmt.Sprintf("expire_date is what SESSION_COOKIE_AGE and the time of signing make it, in %s sessions: zone and age are right", share), "")
	case isOffset(most) && p.Dialect != 0 && !storesInstants(p):
		r.add("time_zone", Bad, fmt.Sprintf("expire_date is %v off, in %s sessions", hours(most), share), p.zoneAdvice(most))
	default:
		longer := "longer"
		if most < 0 {
			longer = "less"
		}
		r.add("cookie_age", Note, fmt.Sprintf("%s sessions live %v %s than SESSION_COOKIE_AGE says here", share, most.Abs(), longer),
			fmt.Sprintf("set session_cookie_age to %d, which seems to be the site's SESSION_COOKIE_AGE", int((p.CookieAge+most)/time.Second)))
	}
}

// isOffset reports whether a difference is one that zones have.
func isOffset(d time.Duration) bool { return d%(15*time.Minute) == 0 && d.Abs() <= 14*time.Hour }

// storesInstants is PostgreSQL, where no zone can be wrong.
func storesInstants(p *Patient) bool { return p.Dialect == sqldialect.PostgreSQL }

func hours(d time.Duration) string {
	if d%time.Hour == 0 {
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return fmt.Sprintf("%d h %d min", d/time.Hour, (d.Abs()%time.Hour)/time.Minute)
}

func (p *Patient) zoneAdvice(off time.Duration) string {
	if p.Local == nil {
		return fmt.Sprintf("the site has USE_TZ = False: set --time-zone to its TIME_ZONE, which was %s from UTC when these were saved", signed(off))
	}
	if _, offset := p.Now.In(p.Local).Zone(); time.Duration(offset)*time.Second == -off {
		return "the site has USE_TZ = True: leave out --time-zone"
	}
	return fmt.Sprintf("%s is not the site's TIME_ZONE: that is %s from it", p.Local, signed(off))
}

func signed(d time.Duration) string {
	if d > 0 {
		return "+" + hours(d)
	}
	return hours(d)
}
