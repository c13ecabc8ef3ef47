// Package settings reads what djsession must know of a site, from flags, the
// environment and djsession.toml, and makes the site's codecs and options of
// it. It opens nothing.
package settings

import (
	"time"

	"github.com/djsession/djsession-go/djsession/djsite"
)

// A Site is what the settings come to.
type Site struct {
	Store         string
	Schema, Table string
	SecretKey     string
	Fallbacks     []string
	Local         *time.Location // nil under USE_TZ = True
	serializer    string         // "" is for the session to say
	layout        string         // likewise
	Protocol      int            // likewise, 0
	CookieName    string
	CookieAge     time.Duration

	of        *djsite.Site
	ValidKey  func(key string) bool
	Values    djsite.Values // all of them by name, for what is not named above
	CacheLeft bool          // the cache of the settings belongs to another store than the one that is used
	Now       func() time.Time
	Say       func(format string, args ...any) // what fails and is survived
}

// New reads what settings say.
func New(values djsite.Values) (*Site, error) {
	of, err := values.Site()
	if err := problem(err); err != nil {
		return nil, err
	}
	table := of.TableOptions()
	sessions := of.SessionOptions()
	s := &Site{
		of:         of,
		Store:      values["store"],
		Schema:     table.Schema,
		Table:      table.Table,
		SecretKey:  of.SecretKey,
		Fallbacks:  of.SecretKeyFallbacks,
		Local:      of.Local(),
		serializer: values["serializer"],
		layout:     values["layout"],
		Protocol:   of.Session.PickleProtocol,
		CookieName: sessions.CookieName,
		CookieAge:  sessions.CookieAge,
		ValidKey:   table.ValidKey,
		Values:     values,
	}
	return s, nil
}

// CSRFAge is CSRF_COOKIE_AGE, 0 if that is None.
func (s *Site) CSRFAge() time.Duration {
	if text := s.Values["csrf_cookie_age"]; text != "" {
		age, err := time.ParseDuration(text + "s")
		if err != nil {
			return 0
		}
		return age
	}
	return 31449600 * time.Second
}
