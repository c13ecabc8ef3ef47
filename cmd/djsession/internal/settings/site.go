// Package settings reads what djsession must know of a site, from flags, the
// environment and djsession.toml, and makes the site's codecs and options of
// it. It opens nothing.
package settings

import (
	"fmt"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/djsession"
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

	ValidKey  func(key string) bool
	Values    map[string]string // all of them by name, for what is not named above
	CacheLeft bool              // the cache of the settings belongs to another store than the one that is used
	Now       func() time.Time
	Say       func(format string, args ...any) // what fails and is survived
}

// New reads what settings say.
func New(values map[string]string) (*Site, error) {
	s := &Site{
		Store:      values["store"],
		serializer: values["serializer"],
		layout:     values["layout"],
		CookieName: values["session_cookie_name"],
		SecretKey:  values["secret_key"],
		Fallbacks:  Lines(values["secret_key_fallbacks"]),
		Values:     values,
	}
	var err error
	if s.Schema, s.Table, err = tableName("table", values["table"]); err != nil {
		return nil, err
	}
	if err := checkSettings(values); err != nil {
		return nil, err
	}
	if text := values["secret_key_base64"]; text != "" {
		if s.SecretKey, err = decodeKey("secret_key_base64", text); err != nil {
			return nil, err
		}
	}
	for _, line := range Lines(values["secret_key_fallbacks_base64"]) {
		key, err := decodeKey("secret_key_fallbacks_base64", line)
		if err != nil {
			return nil, err
		}
		s.Fallbacks = append(s.Fallbacks, key)
	}
	if s.CookieName == "" {
		s.CookieName = "sessionid"
	}
	if path := values["secret_key_file"]; path != "" {
		lines, err := keyFile(path)
		if err != nil {
			return nil, err
		}
		if len(lines) != 1 {
			return nil, fail.Hint(fmt.Errorf("%s holds %d lines: a secret key is one", path, len(lines)), "older keys go into the file of --secret-key-fallbacks-file")
		}
		s.SecretKey = lines[0]
	}
	if path := values["secret_key_fallbacks_file"]; path != "" {
		if s.Fallbacks, err = keyFile(path); err != nil {
			return nil, err
		}
	}
	if name := values["time_zone"]; name != "" {
		local, err := time.LoadLocation(name)
		if err != nil {
			return nil, fail.Hint(fail.Usagef("unknown time zone %q", name), "it is named as in TIME_ZONE, such as Europe/Berlin; leave --time-zone out if the site has USE_TZ = True")
		}
		s.Local = local
	}
	switch s.serializer {
	case "", "json", "pickle":
	default:
		return nil, fail.Usagef("unknown serializer %q: json and pickle are known", s.serializer)
	}
	switch kind := values["session_keys"]; kind {
	case "", "django":
		s.ValidKey = djsession.ValidKey
	case "custom":
		s.ValidKey = djsession.ValidCustomKey
	default:
		return nil, fail.Usagef("session_keys must be django or custom, not %q", kind)
	}
	switch s.layout {
	case "", "modern", "legacy":
	default:
		return nil, fail.Usagef("unknown layout %q: modern and legacy are known", s.layout)
	}
	switch text := values["pickle_protocol"]; text {
	case "":
	case "2", "3", "4", "5":
		s.Protocol = int(text[0] - '0')
	default:
		return nil, fail.Usagef("pickle_protocol must be 2 to 5, not %q", text)
	}
	s.CookieAge = djsession.DefaultAge
	if text := values["session_cookie_age"]; text != "" {
		age, err := time.ParseDuration(text + "s")
		if err != nil || age <= 0 {
			return nil, fail.Usagef("session_cookie_age must be a number of seconds, not %q", text)
		}
		s.CookieAge = age
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
