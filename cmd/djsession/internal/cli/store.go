package cli

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// A backend is the place where a site's sessions are, opened.
type backend struct {
	djsession.Store

	// Where names the place for people, without a password.
	Where string

	// DB and Dialect are the database, if it is one, Table is the quoted name
	// of its table, and TableName that without schema and quotes.
	DB        *sql.DB
	Dialect   sqldialect.Dialect
	Table     string
	TableName string

	// App is the one whose table it is and whose columns it fills, if it is not
	// Django itself.
	App string

	// With is the same place with another codec to write with.
	With func(codec *djsession.Codec) djsession.Store

	// Cache is the cache in which the sessions are, if they are in one, and
	// CacheOptions is how: nothing there is signed.
	Cache        cachestore.Cache
	CacheOptions *cachestore.Options

	// Redis is set if the sessions are texts that django-redis-sessions keeps
	// in Redis.
	Redis bool

	// CachePrefix is what this table's sessions are called in a cache before
	// it, if not as Django's are, and Cached whether there is one.
	CachePrefix string
	Cached      bool

	// WholeSeconds is set if it rounds up to seconds what sessions have left.
	WholeSeconds bool

	// Users is the database that it is in, whatever it is there: the one that
	// the users are in, as a rule.
	Users *sql.DB

	// Text returns what is stored of a session, as it is. Nil where that is not
	// a text of a codec.
	Text func(ctx context.Context, key string) (string, error)

	close []func() error
}

// Close lets go of the place.
func (b *backend) Close() error {
	var errs []error
	for _, f := range slices.Backward(b.close) {
		errs = append(errs, f())
	}
	return errors.Join(errs...)
}

// fail explains an error of the database.
func (b *backend) fail(op string, err error) error {
	return sqldialect.WrapError(b.Dialect, op, b.Table, err)
}

// An opener opens the places of one URL scheme.
type opener func(ctx context.Context, s *site, u *url.URL) (*backend, error)

// openTimeout bounds how long a server may take to answer at first.
const openTimeout = 10 * time.Second

// open opens the place that the settings name. Close it in the end.
func (a *app) open(ctx context.Context) (*backend, *site, error) {
	s, err := a.settings()
	if err != nil {
		return nil, nil, err
	}
	if err := s.closed(); err != nil {
		return nil, nil, err
	}
	if s.store == "" {
		return nil, nil, errNoStore
	}
	b, err := openStore(ctx, s, s.store)
	if err != nil {
		return nil, nil, err
	}
	if err := s.misplaced(b); err != nil {
		b.Close()
		return nil, nil, err
	}
	if cache := s.values["cache"]; cache != "" {
		if err := b.openBefore(ctx, s, cache); err != nil {
			b.Close()
			return nil, nil, err
		}
	}
	return b, s, nil
}

var errNoStore = hint(usagef("no store"), "name the site's db.sqlite3, or the URL of its database, with --store or DATABASE_URL")

// openToRead is open for commands that show what sessions hold, which takes the
// secret key.
func (a *app) openToRead(ctx context.Context) (*backend, *site, error) {
	s, err := a.settings()
	if err != nil {
		return nil, nil, err
	}
	if err := s.closed(); err != nil { // no key would help
		return nil, nil, err
	}
	if s.secretKey == "" && !a.unsafe && signs(s.store) {
		return nil, nil, errNoKey
	}
	return a.open(ctx)
}

// openStore opens a store by what --store says.
func openStore(ctx context.Context, s *site, store string) (*backend, error) {
	u, err := parseStore(store)
	if err != nil {
		return nil, err
	}
	kind := kindOf(u.Scheme)
	if kind == nil {
		return nil, hint(usagef("no store has URLs that begin with %s:", u.Scheme), "these are known: "+knownSchemes()+"; see 'djsession help stores'")
	}
	if err := kind.check(u); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	return kind.open(ctx, s, u)
}

// isPath reports whether a store is named by the path of a file, which is then
// an SQLite database.
func isPath(store string) bool {
	scheme, _, found := strings.Cut(store, ":")
	return !found || len(scheme) < 2 || strings.ContainsAny(scheme, `/\.`) // C: is a drive
}

// socketAsQuery matches a socket's folder in the place of the host, as in
// postgres://user@%2Frun%2Fpostgresql/name: it is moved into the query, since
// no host can have slashes.
var socketAsQuery = regexp.MustCompile(`^([a-z0-9]+://(?:[^/?#]*@)?)(%2[Ff][^/?#:]*)(?::([0-9]+))?(/[^?#]*)\??`)

// credentialsFirst matches what has a user and a password as a URL has them,
// but is none: its scheme is missing or misspelled.
var credentialsFirst = regexp.MustCompile(`^[^@]*:[^@]*@`)

// parseStore takes a path for an SQLite database. What is wrong with a URL is
// not told in full, because of the password.
func parseStore(store string) (*url.URL, error) {
	if !strings.Contains(store, "://") && credentialsFirst.MatchString(store) && !isFile(store) {
		return nil, hint(usagef("the URL of the store lacks its scheme, or the :// after it"), "it begins with postgres://, mysql:// or the like: see 'djsession help stores'")
	}
	if isPath(store) {
		return &url.URL{Scheme: "sqlite", Opaque: url.PathEscape(store)}, nil
	}
	hosts := severalHosts.FindStringSubmatch(store)
	if hosts != nil {
		store = hosts[1] + "several" + hosts[3]
	}
	u, err := url.Parse(socketAsQuery.ReplaceAllString(store, "$1$4?host=$2&port=$3&"))
	if err != nil {
		return nil, hint(usagef("the URL of the store cannot be read"), "in a user name or password write @ as %40, : as %3A, / as %2F, # as %23 and % as %25")
	}
	if hosts != nil {
		u.Host = hosts[2]
	}
	moveSocket(u)
	return u, nil
}

// moveSocket takes the socket out of the path, as in
// postgres://user@//cloudsql/project:region:instance/name, which django-environ
// reads: without a host, the path's last part alone is the database.
func moveSocket(u *url.URL) {
	parameter := ""
	switch kind := kindOf(u.Scheme); {
	case kind == kindOf("postgres"):
		parameter = "host"
	case kind == kindOf("mysql"):
		parameter = "unix_socket"
	}
	end := strings.LastIndexByte(u.Path, '/')
	if parameter == "" || u.Host != "" || end <= 0 {
		return
	}
	query := u.Query()
	if query.Get(parameter) == "" {
		query.Set(parameter, "/"+strings.Trim(u.Path[:end], "/"))
	}
	u.Path, u.RawPath, u.RawQuery = u.Path[end:], "", query.Encode()
}

// severalHosts matches servers with commas between, which no host can have; a
// password can.
var severalHosts = regexp.MustCompile(`^([a-z0-9+]+://(?:[^/?#]*@)?)([^/?#@,]*,[^/?#@]*)([/?#].*)?$`)

// storePath is the path that the URL of a file or folder names.
func storePath(u *url.URL) (string, error) {
	isFolder := u.Scheme == "file" || u.Scheme == "filecache"
	switch {
	case u.Opaque != "":
		path, err := url.PathUnescape(u.Opaque)
		if err != nil {
			return "", usagef("the URL of the store cannot be read")
		}
		return path, nil
	case !isFolder && strings.Contains(u.String(), "///"): // three slashes are relative, and four are not
		return strings.TrimPrefix(u.Path, "/"), nil
	}
	return u.Path, nil
}

// storeIn is a store whose path counts from a folder.
func storeIn(dir, store string) string {
	if isPath(store) {
		if filepath.IsAbs(store) {
			return store
		}
		return filepath.Join(dir, store)
	}
	u, err := parseStore(store)
	if err != nil {
		return store // whoever opens it will say so
	}
	if kind := kindOf(u.Scheme); kind == nil || !kind.local {
		return store
	}
	path, err := storePath(u)
	if err != nil || path == "" || filepath.IsAbs(path) {
		return store
	}
	u.Path, u.Opaque = "", url.PathEscape(filepath.Join(dir, path))
	return u.String()
}

// place names a store for people: without its password.
func place(u *url.URL) string {
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

// sameStore reports whether two names of stores are those of one place, as far
// as the names tell.
func sameStore(a, b string) bool {
	if !isPath(a) || !isPath(b) {
		return a == b
	}
	one, errOne := filepath.Abs(a)
	other, errOther := filepath.Abs(b)
	return errOne == nil && errOther == nil && one == other
}

// signs reports whether a store's sessions are signed, as far as that can be
// told before it is open.
func signs(store string) bool {
	u, err := parseStore(store)
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

// isFile reports whether there is anything at a path.
func isFile(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// isDir reports whether there is a folder.
func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// openToWrite is open for commands that write sessions.
func (a *app) openToWrite(ctx context.Context) (*backend, *site, error) {
	if a.unsafe {
		return nil, nil, hint(usagef("--no-verify is for looking: what nobody has verified is not signed anew"))
	}
	return a.openToRead(ctx)
}

// warnCached says that a change of a table is not all: a Django with cached_db
// asks its cache first.
func (a *app) warnCached(b *backend, s *site) {
	if s.cacheLeft {
		a.say("the cache in the settings belongs to another store, and is left as it is: --cache names the cache of this one, if it has one")
		return
	}
	if b.DB != nil && !b.Cached && strings.Contains(s.values["session_engine"], "cached_db") {
		a.say("THIS SITE CACHES ITS SESSIONS (%s): it sees the change when its cache has forgotten the session", s.values["session_engine"])
	}
}
