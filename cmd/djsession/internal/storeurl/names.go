package storeurl

import (
	"net/url"
	"strings"
)

// Shown names a store for people: without its password.
func Shown(u *url.URL) string {
	shown := *u
	query := u.Query()
	for _, name := range []string{"password", "passwd", "passfile", "sslpassword", "sentinel_password"} {
		if query.Has(name) {
			query.Set(name, "xxxxx")
			shown.RawQuery = query.Encode()
		}
	}
	return shown.Redacted()
}

// Signed reports whether a store's sessions are signed, as far as that can be
// told before it is open.
func Signed(store string) bool {
	u, err := Parse(store)
	if err != nil {
		return true
	}
	switch query := u.Query(); {
	case u.Scheme == "memcached", u.Scheme == "filecache":
		return false
	case u.Scheme == "unix", strings.HasPrefix(u.Scheme, "redis"):
		return query.Get("engine") == "django-redis-sessions"
	default:
		return !query.Has("cache_table")
	}
}
