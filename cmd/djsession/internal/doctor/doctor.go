// Package doctor looks whether a key, a table, a time zone and a cookie are
// those of the Django site they are said to be of: it tries, explains, and says
// what to change.
package doctor

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/survey"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// A Patient is a site as its settings say it is.
type Patient struct {
	Store djsession.Store
	Codec *djsession.Codec // reads all that the keys can

	// Text returns what the store holds of a session, if that is a text; see
	// [survey.DecodeRecord].
	Text func(ctx context.Context, key string) (string, error)

	// Unsigned is set for a cache, where no key is needed.
	Unsigned bool

	// The key itself, and what reads with another one, to try what is usually
	// wrong with keys.
	SecretKey string
	With      func(secretKey string) *djsession.Codec

	CookieName string
	CookieAge  time.Duration
	Cookie     string // the value of a cookie to try; none if empty
	ValidKey   func(key string) bool
	Local      *time.Location // TIME_ZONE under USE_TZ = False, else nil

	// The database, nil if there is none.
	DB            *sql.DB
	Dialect       sqldialect.Dialect
	Schema, Table string
	FillsOwn      bool // the store fills the columns that are not Django's

	// Who says why the user of a session is not logged in, in a word of
	// whoami's, or "". Nil if users cannot be asked.
	Who func(ctx context.Context, data *djsession.Data) (reason string, err error)

	// Lacks are what the site does in code of its own.
	Lacks []Lack

	// URL is a page of the site whose cookies are compared with the settings;
	// none if empty.
	URL                       string
	SessionCookie, CSRFCookie CookieSettings

	Now time.Time
}

// Verdict is how a check ended.
type Verdict string

// The verdicts.
const (
	Good    Verdict = "good"
	Note    Verdict = "note"    // worth knowing
	Bad     Verdict = "bad"     // a mistake: what it says must be changed
	Unknown Verdict = "unknown" // nothing there to tell by
)

// A Finding is what one check found.
type Finding struct {
	Check   string  `json:"check"` // a name that stays
	Verdict Verdict `json:"verdict"`
	Found   string  `json:"found"`            // in a sentence
	Advice  string  `json:"advice,omitempty"` // what to change
}

// A Report is all that was found.
type Report struct {
	Healthy  bool      `json:"healthy"`
	Findings []Finding `json:"findings"`
}

func (r *Report) add(check string, verdict Verdict, found, advice string) {
	r.Findings = append(r.Findings, Finding{check, verdict, found, advice})
	r.Healthy = r.Healthy && verdict != Bad
}

// sampleSize is how many sessions are looked at: those that live longest, which
// were saved last.
const sampleSize = 1000

// Examine runs all checks. An error is one of the store itself.
func Examine(ctx context.Context, p *Patient) (*Report, error) {
	r := &Report{Healthy: true, Findings: []Finding{}}
	p.lacks(r)
	p.site(ctx, r)
	if p.Store == nil {
		return r, nil // the sessions are nowhere
	}
	if p.DB != nil {
		if usable := p.table(ctx, r); !usable {
			return r, nil // nothing else can be tried
		}
		if err := p.server(ctx, r); err != nil {
			return nil, err
		}
	}
	sample, err := p.sample(ctx)
	if err != nil {
		return nil, err
	}
	if p.Unsigned {
		p.cacheRights(ctx, r)
		r.add("secret_key", Unknown, "what is in a cache is not signed: no key and no time zone can be tried", "")
	} else {
		p.keys(r, sample)
	}
	p.users(ctx, r, sample)
	if !p.Unsigned {
		p.times(r, sample)
	}
	p.cookie(ctx, r)
	return r, p.expired(ctx, r)
}

// sample returns the sessions that live longest.
func (p *Patient) sample(ctx context.Context) (sample []survey.Session, err error) {
	longest := &djsession.ListOptions{Order: djsession.OrderByExpiryDescending, Limit: sampleSize}
	switch store := p.Store.(type) {
	case djsession.EncodedStore:
		for text, err := range store.ListEncoded(ctx, longest) {
			if err != nil {
				return nil, err
			}
			sample = append(sample, survey.Decode(p.Codec, &text))
		}
	case djsession.Lister:
		for rec, err := range store.List(ctx, longest) {
			if rec == nil {
				return nil, err
			}
			sample = append(sample, survey.DecodeRecord(ctx, p.Codec, rec, err, p.Text))
		}
	}
	return sample, nil
}

// expired checks whether expired sessions are ever cleared.
func (p *Patient) expired(ctx context.Context, r *Report) error {
	counter, ok := p.Store.(djsession.Counter)
	if !ok {
		return nil
	}
	expired, err := counter.Count(ctx, &djsession.ListOptions{State: djsession.StateExpired})
	if err != nil {
		return err
	}
	live, err := counter.Count(ctx, &djsession.ListOptions{State: djsession.StateLive})
	if err != nil {
		return err
	}
	found := fmt.Sprintf("%d sessions are live, %d have expired and are still there", live, expired)
	if expired > live && expired > 1000 {
		r.add("expired", Note, found, "run 'djsession clear' every day, or Django's clearsessions: nothing else removes them")
	} else {
		r.add("expired", Good, found, "")
	}
	return nil
}
