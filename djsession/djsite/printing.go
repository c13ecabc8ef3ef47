package djsite

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// String says what the site is, without a secret.
func (s Site) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "djsite.Site{Django %s, %s, key %s, %d fallback keys",
		orUnknown(s.DjangoVersion), s.Session.engineName(), presence(s.SecretKey), len(s.SecretKeyFallbacks))
	if s.NaiveTimes {
		fmt.Fprintf(&b, ", USE_TZ = False in %s", s.TimeZone)
	}
	for _, alias := range sortedKeys(s.Databases) {
		d := s.Databases[alias]
		fmt.Fprintf(&b, ", database %s (%s)", alias, d.engineName())
	}
	for _, alias := range sortedKeys(s.Caches) {
		c := s.Caches[alias]
		fmt.Fprintf(&b, ", cache %s (%s)", alias, c.Backend[strings.LastIndexByte(c.Backend, '.')+1:])
	}
	if len(s.Unsupported) > 0 {
		fmt.Fprintf(&b, ", unsupported: %s", strings.Join(s.Unsupported, ", "))
	}
	return b.String() + "}"
}

func orUnknown(text string) string {
	if text == "" {
		return "of any version"
	}
	return text
}

func presence(secret string) string {
	if secret == "" {
		return "missing"
	}
	return "given"
}

func (d *Database) engineName() string {
	if dialect, ok := d.dialect(); ok {
		return dialect.String()
	}
	return "unknown"
}

// Format is [Site.String] for every verb of package fmt, so that none shows a
// secret.
func (s Site) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// LogValue is [Site.String] for package slog.
func (s Site) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText is [Site.String] for encoders.
func (s Site) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// hidden stands for a secret in JSON.
const hidden = "hidden"

// MarshalJSON writes all fields but the secrets: what was there is "hidden".
func (s Site) MarshalJSON() ([]byte, error) {
	type plain Site // without this method
	return json.Marshal(plain(s.withoutSecrets()))
}

// withoutSecrets is a copy that has "hidden" in the place of each.
func (s Site) withoutSecrets() Site {
	if s.SecretKey != "" {
		s.SecretKey = hidden
	}
	keys := make([]string, len(s.SecretKeyFallbacks))
	for i := range keys {
		keys[i] = hidden
	}
	s.SecretKeyFallbacks = keys
	databases, caches := make(map[string]Database), make(map[string]Cache)
	for alias, d := range s.Databases {
		databases[alias] = d.withoutSecrets()
	}
	for alias, c := range s.Caches {
		caches[alias] = c.withoutSecrets()
	}
	s.Databases, s.Caches = databases, caches
	return s
}

func (d Database) withoutSecrets() Database {
	if d.URL != "" && !isPath(d.URL) {
		d.URL = hidden // it may hold a password, in more places than one
	}
	return d
}

func (c Cache) withoutSecrets() Cache {
	if c.Location != "" && c.kind() != fileCache && c.kind() != tableCache {
		c.Location = hidden
	}
	return c
}

// String says what kind of database it is.
func (d Database) String() string { return "djsite.Database{" + d.engineName() + "}" }

// Format is [Database.String] for every verb of package fmt.
func (d Database) Format(f fmt.State, _ rune) { io.WriteString(f, d.String()) }

// MarshalText is [Database.String] for encoders.
func (d Database) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// MarshalJSON writes all fields but the URL.
func (d Database) MarshalJSON() ([]byte, error) {
	type plain Database
	return json.Marshal(plain(d.withoutSecrets()))
}

// String says what kind of cache it is.
func (c Cache) String() string { return "djsite.Cache{" + c.Backend + "}" }

// Format is [Cache.String] for every verb of package fmt.
func (c Cache) Format(f fmt.State, _ rune) { io.WriteString(f, c.String()) }

// MarshalText is [Cache.String] for encoders.
func (c Cache) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// MarshalJSON writes all fields but where the servers are.
func (c Cache) MarshalJSON() ([]byte, error) {
	type plain Cache
	return json.Marshal(plain(c.withoutSecrets()))
}

// String says which settings there are.
func (v Values) String() string { return "djsite.Values{" + strings.Join(sortedKeys(v), ", ") + "}" }

// Format is [Values.String] for every verb of package fmt, so that none shows a
// secret.
func (v Values) Format(f fmt.State, _ rune) { io.WriteString(f, v.String()) }

// MarshalText is [Values.String] for encoders.
func (v Values) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// Format hides the keys from every verb of package fmt.
func (a *App) Format(f fmt.State, _ rune) { io.WriteString(f, "djsite.App") }
