package cli

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
)

// A backend is the place where a site's sessions are, opened.
type backend struct {
	djsession.Store

	// Where names the place for people, without a password.
	Where string

	// DB and Dialect are the database, if it is one, and Table is the quoted name of its table.
	DB      *sql.DB
	Dialect dbstore.Dialect
	Table   string

	// With is the same place with another codec to write with.
	With func(codec *djsession.Codec) djsession.Store

	// Text returns what is stored of a session, as it is. Nil where that is not a text of a codec.
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
	return dbstore.WrapError(b.Dialect, op, b.Table, err)
}

// An opener opens the places of one URL scheme.
type opener func(ctx context.Context, s *site, u *url.URL) (*backend, error)

// openers are all of them. Further stores come in here.
var openers = map[string]opener{
	"sqlite": openSQLite, "sqlite3": openSQLite, "spatialite": openSQLite,
	"postgres": openPostgreSQL, "postgresql": openPostgreSQL, "pgsql": openPostgreSQL, "postgis": openPostgreSQL,
	"file":  openFiles,
	"mysql": openMySQL, "mysql2": openMySQL, "mysqlgis": openMySQL, "mariadb": openMySQL,
}

// openTimeout bounds how long a server may take to answer at first.
const openTimeout = 10 * time.Second

// open opens the place that the settings name. Close it in the end.
func (a *app) open(ctx context.Context) (*backend, *site, error) {
	s, err := a.settings()
	if err != nil {
		return nil, nil, err
	}
	if s.store == "" {
		return nil, nil, errNoStore
	}
	b, err := openStore(ctx, s, s.store)
	return b, s, err
}

var errNoStore = hint(usagef("no store"), "name the site's db.sqlite3, or the URL of its database, with --store or DATABASE_URL")

// openToRead is open for commands that show what sessions hold, which takes the secret key.
func (a *app) openToRead(ctx context.Context) (*backend, *site, error) {
	s, err := a.settings()
	if err != nil {
		return nil, nil, err
	}
	if s.secretKey == "" && !a.unsafe {
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
	open := openers[u.Scheme]
	if open == nil {
		known := make([]string, 0, len(openers))
		for scheme := range openers {
			known = append(known, scheme)
		}
		slices.Sort(known)
		return nil, hint(usagef("no store has URLs that begin with %s:", u.Scheme), "these are known: "+strings.Join(known, ", "))
	}
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	return open(ctx, s, u)
}

// isPath reports whether a store is named by the path of a file, which is then an SQLite database.
func isPath(store string) bool {
	scheme, _, found := strings.Cut(store, ":")
	return !found || len(scheme) < 2 || strings.ContainsAny(scheme, `/\.`) // C: is a drive
}

// socketAsQuery matches a socket's folder in the place of the host, as in postgres://user@%2Frun%2Fpostgresql/name: it is moved into
// the query, since no host can have slashes.
var socketAsQuery = regexp.MustCompile(`^([a-z0-9]+://(?:[^/?#]*@)?)(%2[Ff][^/?#:]*)(?::([0-9]+))?(/[^?#]*)\??`)

// parseStore takes a path for an SQLite database. What is wrong with a URL is not told in full, because of the password.
func parseStore(store string) (*url.URL, error) {
	if isPath(store) {
		return &url.URL{Scheme: "sqlite", Opaque: url.PathEscape(store)}, nil
	}
	u, err := url.Parse(socketAsQuery.ReplaceAllString(store, "$1$4?host=$2&port=$3&"))
	if err != nil {
		return nil, hint(usagef("the URL of the store cannot be read"), "in a user name or password write @ as %40, : as %3A, / as %2F, # as %23 and % as %25")
	}
	return u, nil
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

// warnCached says that a change of a table is not all: a Django with cached_db asks its cache first.
func (a *app) warnCached(b *backend, s *site) {
	if b.DB != nil && strings.Contains(s.values["session_engine"], "cached_db") {
		a.say("THIS SITE CACHES ITS SESSIONS (%s): it sees the change when its cache has forgotten the session", s.values["session_engine"])
	}
}
