package project

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
)

// An Result is what settings import makes of a project's answer.
type Result struct {
	Found  *Answer
	dir    string // the project's
	Values map[string]any
	Notes  []string // what cannot be a setting, and what follows from it
}

func (m *Result) note(format string, args ...any) {
	m.Notes = append(m.Notes, fmt.Sprintf(format, args...))
}

// set is a setting, unless it has the standard value.
func (m *Result) set(name, value, standard string) {
	if value != "" && value != standard {
		m.Values[name] = value
	}
}

// lacks says that the site does something in code of its own. Whose it is may
// be named.
func (m *Result) lacks(name string, whose ...string) {
	names, _ := m.Values["unsupported"].([]string)
	if !slices.Contains(names, name) {
		m.Values["unsupported"] = append(names, name)
	}
	u := settings.UnsupportedNamed(name)
	found := u.Found
	if len(whose) > 0 {
		found += " (" + strings.Join(whose, ", ") + ")"
	}
	m.note("%s: %s; %s", found, u.Effect, u.Advice)
}

// Settings are those that differ from the defaults, and notes for all that
// cannot be one. Dir is the project's.
func (d *Answer) Settings(dir string) *Result {
	m := &Result{Found: d, dir: dir, Values: make(map[string]any)}
	m.keys()
	m.version()
	m.store()
	m.encoding()
	m.cookies()
	m.users()
	m.middleware()
	for _, name := range slices.Sorted(maps.Keys(d.Failed)) {
		m.note("could not look at %s: %s", name, d.Failed[name])
	}
	return m
}

func (m *Result) keys() {
	d := m.Found
	m.set("secret_key", d.SecretKey, "")
	m.set("secret_key_base64", d.SecretBase64, "")
	switch {
	case len(d.FallbacksBase64) > 0:
		m.Values["secret_key_fallbacks_base64"] = d.FallbacksBase64
	case len(d.Fallbacks) > 0:
		m.Values["secret_key_fallbacks"] = d.Fallbacks
	}
}

// version is the series, as "5.2", or the year of a Django that is called after
// one.
func (m *Result) version() {
	parts := strings.Split(m.Found.Django, ".")
	version := digits(parts[0])
	if len(parts) > 1 && version == parts[0] {
		if minor := digits(parts[1]); minor != "" {
			version += "." + minor
		}
	}
	m.set("django_version", version, "")
}

// digits are those that a text begins with.
func digits(text string) string {
	end := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		return text
	}
	return text[:end]
}

// encoding is how sessions are written, and in which zone times are.
func (m *Result) encoding() {
	d := m.Found
	switch {
	case strings.HasSuffix(d.Serializer, ".PickleSerializer"):
		m.Values["serializer"] = "pickle"
	case !strings.HasSuffix(d.Serializer, ".JSONSerializer"):
		m.note("SESSION_SERIALIZER is %s, which djsession does not know: it reads and writes JSON", d.Serializer)
	}
	if d.writesLegacy() {
		m.Values["layout"] = "legacy"
	}
	if d.Python == 2 {
		m.Values["pickle_protocol"] = "2"
	}
	if d.Database != nil && d.Database.TimeZone != "" {
		m.Values["time_zone"] = d.Database.TimeZone
	} else if !d.UseTZ {
		m.Values["time_zone"] = d.TimeZone
	}
}

// writesLegacy reports whether this Django writes the legacy layout.
func (d *Answer) writesLegacy() bool {
	var major, minor int
	fmt.Sscanf(d.Django, "%d.%d", &major, &minor)
	return major < 3 || major == 3 && minor == 0 || d.Hashing == "sha1"
}

// otherMiddleware are known ones that have a say in who a user is, behind what
// a session says.
var otherMiddleware = []struct{ name, effect string }{
	{
		"django.contrib.auth.middleware.RemoteUserMiddleware",
		"it logs users in by a header of the server before Django, and logs those out whose request comes without: a Go service must be behind the same server, and keeps its own rules",
	},
	{
		"django.contrib.auth.middleware.PersistentRemoteUserMiddleware",
		"it logs users in by a header of the server before Django",
	},
	{
		"django_otp.middleware.OTPMiddleware",
		"a login may lack its second factor: the session then has no otp_device_id, and djsession calls its user logged in, as Django does",
	},
	{
		"impersonate.middleware.ImpersonateMiddleware",
		"request.user may be another one than the session's: the session then has _impersonate",
	},
}

// middleware names classes of the site's own, and others that decide who a user
// is.
func (m *Result) middleware() {
	d := m.Found
	if own := d.OwnMiddleware["session"]; own != "" {
		m.lacks("session_middleware", own)
	}
	if own := d.OwnMiddleware["authentication"]; own != "" {
		m.lacks("authentication_middleware", own)
	}
	for _, other := range otherMiddleware {
		if slices.Contains(d.Middleware, other.name) {
			m.note("%s: %s", other.name, other.effect)
		}
	}
}
