package cli

import (
	"fmt"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// A site is what the settings come to.
type site struct {
	store         string
	schema, table string
	secretKey     string
	fallbacks     []string
	local         *time.Location // nil under USE_TZ = True
	serializer    string         // "" is for the session to say
	layout        string         // likewise
	protocol      int            // likewise, 0
	cookieName    string
	cookieAge     time.Duration

	validKey  func(key string) bool
	values    map[string]string // all of them by name, for what is not named above
	cacheLeft bool              // the cache of the settings belongs to another store than the one that is used
	now       func() time.Time
	say       func(format string, args ...any) // what fails and is survived
}

// newSite reads what settings say.
func newSite(values map[string]string) (*site, error) {
	s := &site{
		store:      values["store"],
		serializer: values["serializer"],
		layout:     values["layout"],
		cookieName: values["session_cookie_name"],
		secretKey:  values["secret_key"],
		fallbacks:  splitLines(values["secret_key_fallbacks"]),
		values:     values,
	}
	var err error
	if s.schema, s.table, err = tableName("table", values["table"]); err != nil {
		return nil, err
	}
	if err := checkSettings(values); err != nil {
		return nil, err
	}
	if text := values["secret_key_base64"]; text != "" {
		if s.secretKey, err = decodeKey("secret_key_base64", text); err != nil {
			return nil, err
		}
	}
	for _, line := range splitLines(values["secret_key_fallbacks_base64"]) {
		key, err := decodeKey("secret_key_fallbacks_base64", line)
		if err != nil {
			return nil, err
		}
		s.fallbacks = append(s.fallbacks, key)
	}
	if s.cookieName == "" {
		s.cookieName = "sessionid"
	}
	if path := values["secret_key_file"]; path != "" {
		lines, err := keyFile(path)
		if err != nil {
			return nil, err
		}
		if len(lines) != 1 {
			return nil, hint(fmt.Errorf("%s holds %d lines: a secret key is one", path, len(lines)), "older keys go into the file of --secret-key-fallbacks-file")
		}
		s.secretKey = lines[0]
	}
	if path := values["secret_key_fallbacks_file"]; path != "" {
		if s.fallbacks, err = keyFile(path); err != nil {
			return nil, err
		}
	}
	if name := values["time_zone"]; name != "" {
		local, err := time.LoadLocation(name)
		if err != nil {
			return nil, hint(usagef("unknown time zone %q", name), "it is named as in TIME_ZONE, such as Europe/Berlin; leave --time-zone out if the site has USE_TZ = True")
		}
		s.local = local
	}
	switch s.serializer {
	case "", "json", "pickle":
	default:
		return nil, usagef("unknown serializer %q: json and pickle are known", s.serializer)
	}
	switch kind := values["session_keys"]; kind {
	case "", "django":
		s.validKey = djsession.ValidKey
	case "custom":
		s.validKey = djsession.ValidCustomKey
	default:
		return nil, usagef("session_keys must be django or custom, not %q", kind)
	}
	switch s.layout {
	case "", "modern", "legacy":
	default:
		return nil, usagef("unknown layout %q: modern and legacy are known", s.layout)
	}
	switch text := values["pickle_protocol"]; text {
	case "":
	case "2", "3", "4", "5":
		s.protocol = int(text[0] - '0')
	default:
		return nil, usagef("pickle_protocol must be 2 to 5, not %q", text)
	}
	s.cookieAge = djsession.DefaultAge
	if text := values["session_cookie_age"]; text != "" {
		age, err := time.ParseDuration(text + "s")
		if err != nil || age <= 0 {
			return nil, usagef("session_cookie_age must be a number of seconds, not %q", text)
		}
		s.cookieAge = age
	}
	return s, nil
}
