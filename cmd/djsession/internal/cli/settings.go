package cli

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/pflag"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/pickled"
)

// A setting is something to know of a site. The table below makes the flags, the reading of environment and file, and the help
// topic.
type setting struct {
	name  string // in djsession.toml; the flag has hyphens
	env   string
	usage string // a word in backquotes is what the flag's value is called
	kind  settingKind
}

type settingKind uint8

const (
	plainSetting  settingKind = iota
	pathSetting               // in a file, relative to that file
	secretSetting             // no flag: arguments are seen by everybody on the machine
	storeSetting              // a path or a URL
)

var settingTable = []setting{
	{"store", "DATABASE_URL", "where the sessions are: the `PATH` of a db.sqlite3, or a URL (sqlite:, postgres:, mysql:)", storeSetting},
	{"table", "DJSESSION_TABLE", "`NAME` of the table, after its schema and a dot if need be (default django_session)", plainSetting},
	{"secret_key_file", "DJSESSION_SECRET_KEY_FILE", "`FILE` that holds the site's SECRET_KEY", pathSetting},
	{"secret_key", "DJANGO_SECRET_KEY", "the SECRET_KEY itself", secretSetting},
	{"secret_key_fallbacks_file", "DJSESSION_SECRET_KEY_FALLBACKS_FILE", "`FILE` that holds the SECRET_KEY_FALLBACKS, one a line", pathSetting},
	{"secret_key_fallbacks", "DJANGO_SECRET_KEY_FALLBACKS", "the keys themselves: one a line in the environment, a list in the file", secretSetting},
	{"time_zone", "DJSESSION_TIME_ZONE", "`NAME` of the site's TIME_ZONE, if it runs with USE_TZ = False", plainSetting},
	{"serializer", "DJSESSION_SERIALIZER", "`NAME` of the serializer to write with, json or pickle (default the session's own, else json)", plainSetting},
	{"layout", "DJSESSION_LAYOUT", "`NAME` of the layout to write, modern, or legacy for Django up to 3.0 (default the session's own, else modern)", plainSetting},
	{"pickle_protocol", "DJSESSION_PICKLE_PROTOCOL", "`NUMBER` of the pickle protocol to write, 2 to 5 (default 2 where the session had 2 or less, else 4)", plainSetting},
	{"session_cookie_name", "DJSESSION_SESSION_COOKIE_NAME", "`NAME` of the site's session cookie (default sessionid)", plainSetting},
	{"session_cookie_age", "DJSESSION_SESSION_COOKIE_AGE", "`SECONDS` that a session lives (default 1209600, two weeks)", plainSetting},
	{"session_engine", "DJSESSION_SESSION_ENGINE", "`NAME` of the site's SESSION_ENGINE (default django.contrib.sessions.backends.db)", plainSetting},
	{"session_store_name", "DJSESSION_SESSION_STORE_NAME", "`NAME` of the class that the engine calls SessionStore, if it is a class of the site's own", plainSetting},
	{"session_salt", "DJSESSION_SESSION_SALT", "`TEXT` that is this class's key_salt (default django.contrib.sessions. and its name)", plainSetting},
	{"django_version", "DJSESSION_DJANGO_VERSION", "`NUMBER` of the site's Django, such as 5.2", plainSetting},
	{"users_store", "DJSESSION_USERS_STORE", "where the users are, a `PATH` or URL, if not in the database of the sessions", storeSetting},
	{"users_table", "DJSESSION_USERS_TABLE", "`NAME` of the table of AUTH_USER_MODEL (default auth_user)", plainSetting},
	{"users_pk", "DJSESSION_USERS_PK", "`KIND` of its primary key: int, uuid or text (default int)", plainSetting},
	{"users_columns", "DJSESSION_USERS_COLUMNS", "`FIELD=COLUMN` of those that are not called as Django calls them, one a line or a list; - is for one that it lacks", plainSetting},
	{"authentication_backends", "DJSESSION_AUTHENTICATION_BACKENDS", "`NAMES` of the AUTHENTICATION_BACKENDS, one a line or a list (default ModelBackend)", plainSetting},
}

// userFields are the fields of a user model that users_columns can name.
var userFields = []string{"id", "username", "password", "last_login", "is_superuser", "is_staff", "is_active", "email", "first_name", "last_name", "date_joined"}

func (s *setting) flag() string { return strings.ReplaceAll(s.name, "_", "-") }

// shownFlags are in the help of every command. The others are for few sites, which have them in djsession.toml.
var shownFlags = map[string]bool{"store": true, "table": true, "secret_key_file": true, "secret_key_fallbacks_file": true, "time_zone": true, "serializer": true}

const configName = "djsession.toml"

func (a *app) settingFlags(flags *pflag.FlagSet) {
	for i := range settingTable {
		s := &settingTable[i]
		if s.kind == secretSetting {
			continue
		}
		a.flags[s.flag()] = flags.String(s.flag(), "", s.usage)
		if !shownFlags[s.name] {
			_ = flags.MarkHidden(s.flag()) // it is there: it was just made
		}
	}
	flags.StringVar(&a.config, "config", "", "the `FILE` with the site's settings (default djsession.toml, if it is there)")
	flags.BoolVar(&a.json, "json", false, "print JSON, for programs")
	flags.BoolVar(&a.reveal, "reveal", false, "show session keys and credentials")
	flags.BoolVar(&a.unsafe, "no-verify", false, "show sessions whose signature cannot be verified")
}

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

	values map[string]string // all of them by name, for what is not named above
	now    func() time.Time
}

// settings are read once: the file's are weaker than the environment's, and those than the flags.
func (a *app) settings() (*site, error) {
	if a.resolved != nil {
		return a.resolved, nil
	}
	values := make(map[string]string)
	if err := a.readConfig(values); err != nil {
		return nil, err
	}
	fromEnv, fromFlags := make(map[string]string), make(map[string]string)
	for i := range settingTable {
		s := &settingTable[i]
		if v, ok := a.lookupEnv(s.env); ok && v != "" {
			fromEnv[s.name] = v
		}
		if v := a.flags[s.flag()]; v != nil && *v != "" {
			fromFlags[s.name] = *v
		}
	}
	override(values, fromEnv)
	override(values, fromFlags)
	site, err := newSite(values)
	if err != nil {
		return nil, err
	}
	site.now = a.now
	a.resolved = site
	return site, nil
}

// override puts stronger values over weaker ones. A key and the file of a key are two ways of saying one thing.
func override(values, stronger map[string]string) {
	for _, name := range []string{"secret_key", "secret_key_fallbacks"} {
		if stronger[name] != "" || stronger[name+"_file"] != "" {
			delete(values, name)
			delete(values, name+"_file")
		}
	}
	for name, v := range stronger {
		values[name] = v
	}
}

// readConfig reads djsession.toml, if there is one.
func (a *app) readConfig(values map[string]string) error {
	path := a.config
	if path == "" {
		path = a.env("DJSESSION_CONFIG")
	}
	named := path != ""
	if !named {
		path = configName
	}
	text, err := os.ReadFile(path)
	if err != nil {
		if !named && os.IsNotExist(err) {
			return nil
		}
		return fileError("read the settings", err)
	}
	var file map[string]any
	if err := toml.Unmarshal(text, &file); err != nil {
		return tomlError(path, err)
	}
	if file["secret_key"] != nil || file["secret_key_fallbacks"] != nil {
		a.warnReadable(path)
	}
	for name, value := range file {
		if err := takeValue(values, name, value, filepath.Dir(path)); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

// warnReadable says that others can read a file of secrets.
func (a *app) warnReadable(path string) {
	info, err := os.Stat(path)
	if err == nil && runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		a.say("%s holds secrets, and not its owner alone can read it: chmod 600 %[1]s", path)
	}
}

// tomlError says where a file is not TOML without showing the line, which may hold a secret.
func tomlError(path string, err error) error {
	if at, ok := err.(*toml.DecodeError); ok {
		row, _ := at.Position()
		return fmt.Errorf("%s, line %d, is not TOML", path, row)
	}
	return fmt.Errorf("%s is not TOML", path)
}

func takeValue(values map[string]string, name string, value any, dir string) error {
	var known *setting
	for i := range settingTable {
		if settingTable[i].name == name {
			known = &settingTable[i]
		}
	}
	if known == nil {
		return hint(fmt.Errorf("no such setting: %s", name), "'djsession help settings' lists them")
	}
	text := ""
	switch v := value.(type) {
	case string:
		text = v
	case int64:
		text = fmt.Sprint(v)
	case []any:
		var lines []string
		for _, item := range v {
			line, ok := item.(string)
			if !ok {
				return fmt.Errorf("%s must be a list of strings", name)
			}
			lines = append(lines, line)
		}
		text = strings.Join(lines, "\n")
	default:
		return fmt.Errorf("%s must be a string", name)
	}
	if known.kind == pathSetting && text != "" && !filepath.IsAbs(text) || known.kind == storeSetting && isPath(text) && !filepath.IsAbs(text) {
		text = filepath.Join(dir, text)
	}
	values[name] = text
	return nil
}

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
	s.table = values["table"]
	if schema, table, ok := strings.Cut(s.table, "."); ok {
		s.schema, s.table = schema, table
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
		var err error
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

// keyFile returns the lines of a file of keys.
func keyFile(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fileError("read the key", err)
	}
	lines := splitLines(string(text))
	if len(lines) == 0 {
		return nil, fmt.Errorf("%s is empty: it should hold a secret key", path)
	}
	return lines, nil
}

func splitLines(text string) (lines []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// fileError says what was tried with a file, and what the system said.
func fileError(doing string, err error) error {
	if pathErr, ok := err.(*fs.PathError); ok {
		return fmt.Errorf("cannot %s: %s: %w", doing, pathErr.Path, pathErr.Err)
	}
	return fmt.Errorf("cannot %s: %w", doing, err)
}

// serializers are those that a codec reads, the one to write first.
func serializers(name string, protocol int) (first djsession.Serializer, others []djsession.Serializer) {
	pickles := pickled.New(&pickled.Options{Protocol: protocol})
	if name == "pickle" {
		return pickles, []djsession.Serializer{djsession.JSON}
	}
	return djsession.JSON, []djsession.Serializer{pickles}
}

// codec reads everything that any Django wrote, and writes as the site says, else as a session was encoded before. Protocol is that
// of its pickle, 0 if unknown: Python 2 reads nothing above 2, and every Python 3 reads 4.
func (s *site) codec(before djsession.Encoding, protocol int) *djsession.Codec {
	serializer, layout := s.serializer, s.layout
	if serializer == "" {
		serializer = before.Serializer
	}
	if layout == "" {
		layout = before.Layout.String()
	}
	opts := s.codecOptions(serializer, protocol)
	opts.StoreName, opts.Salt = s.values["session_store_name"], s.values["session_salt"]
	if layout == djsession.Legacy.String() || s.layout == "" && s.writesLegacy() {
		opts.Layout = djsession.Legacy
	}
	return djsession.NewCodec(s.secretKey, opts)
}

// django is django_version, or 0, 0 if it is not known.
func (s *site) django() (major, minor int) {
	fmt.Sscanf(s.values["django_version"], "%d.%d", &major, &minor)
	return major, minor
}

// writesLegacy reports whether the site's Django writes the legacy layout, and SHA-1 with it.
func (s *site) writesLegacy() bool {
	major, minor := s.django()
	return s.layout == djsession.Legacy.String() || major > 0 && (major < 3 || major == 3 && minor == 0)
}

// cookieCodec is for the values of signed-cookie sessions.
func (s *site) cookieCodec() *djsession.Codec {
	opts := s.codecOptions(s.serializer, 0)
	opts.Salt = "django.contrib.sessions.backends.signed_cookies"
	opts.RejectLegacy = true
	return djsession.NewCodec(s.secretKey, opts)
}

func (s *site) codecOptions(serializer string, protocol int) *djsession.CodecOptions {
	if s.protocol != 0 {
		protocol = s.protocol
	}
	first, others := serializers(serializer, protocol)
	return &djsession.CodecOptions{Fallbacks: s.fallbacks, Serializer: first, AlsoRead: others, AcceptSHA1: true, Now: s.now}
}
