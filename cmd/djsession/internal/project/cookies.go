package project

import (
	"fmt"

	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
)

const fallbackStorage = "django.contrib.messages.storage.fallback.FallbackStorage"

// cookieDefaults are Django's own values of the settings of cookies. A setting
// that an old Django lacks is what it then does.
var cookieDefaults = []struct {
	name    string
	value   any // the default
	missing any // where Django does not have the setting
}{
	{"session_cookie_domain", nil, nil},
	{"session_cookie_path", "/", "/"},
	{"session_cookie_secure", false, false},
	{"session_cookie_httponly", true, true},
	{"session_cookie_samesite", "Lax", settings.NoValue},
	{"session_save_every_request", false, false},
	{"session_expire_at_browser_close", false, false},
	{"csrf_use_sessions", false, false},
	{"csrf_cookie_name", "csrftoken", "csrftoken"},
	{"csrf_cookie_age", 31449600.0, 31449600.0},
	{"csrf_cookie_domain", nil, nil},
	{"csrf_cookie_path", "/", "/"},
	{"csrf_cookie_secure", false, false},
	{"csrf_cookie_httponly", false, false},
	{"csrf_cookie_samesite", "Lax", settings.NoValue},
	{"csrf_header_name", "HTTP_X_CSRFTOKEN", "HTTP_X_CSRFTOKEN"},
	{"csrf_trusted_origins", nil, nil},
	{"message_storage", fallbackStorage, fallbackStorage},
}

// cookies are the settings of the session's cookie, of the CSRF cookie and of
// messages, which are in a cookie too.
func (m *Result) cookies() {
	d := m.Found
	m.set("session_cookie_name", d.CookieName, "sessionid")
	if d.CookieAge != 1209600 {
		m.Values["session_cookie_age"] = d.CookieAge
	}
	if d.Cookies == nil {
		return
	}
	for _, cookie := range cookieDefaults {
		value, given := d.Cookies[cookie.name]
		if !given {
			value = cookie.missing
		}
		if value == cookie.value {
			continue
		}
		switch v := value.(type) {
		case []any:
			if len(v) > 0 {
				m.Values[cookie.name] = v
			}
		case float64:
			m.Values[cookie.name] = int64(v)
		case bool:
			m.Values[cookie.name] = v
			if _, isBool := cookie.value.(bool); !isBool { // SAMESITE = False
				m.Values[cookie.name] = settings.NoValue
			}
		case nil:
			if cookie.value != nil {
				m.Values[cookie.name] = settings.NoValue
			}
		default:
			m.set(cookie.name, fmt.Sprint(v), "")
		}
	}
}
