package cli

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // sqlite

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// openSQLite takes sqlite:path, sqlite:///relative and sqlite:////absolute, as
// other tools for DATABASE_URL do. It never makes a file.
func openSQLite(ctx context.Context, s *site, u *url.URL) (*backend, error) {
	path, err := storePath(u)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, missingFile(path, err)
	}
	if isDir(path) {
		return nil, hint(usagef("%s is a folder", path), "--store names the file of the database, as a rule "+strings.TrimSuffix(path, "/")+"/db.sqlite3; file:"+path+" are sessions in files")
	}
	name := url.URL{Scheme: "file", Opaque: url.PathEscape(path), RawQuery: "mode=rw&_pragma=busy_timeout(10000)"}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	return databaseBackend(db, sqldialect.SQLite, s, u, path)
}

func missingFile(path string, err error) error {
	failed := fmt.Errorf("cannot open %s: %w", path, errors.Unwrap(err))
	if !errors.Is(err, fs.ErrNotExist) {
		return failed
	}
	if _, err := os.Stat("/" + path); err == nil {
		return hint(failed, "/"+path+" is there: an absolute path takes four slashes in a URL, sqlite:////"+path)
	}
	return hint(failed, "--store names the site's database: a db.sqlite3, or a URL that begins with postgres: or mysql:")
}

// openPostgreSQL leaves out of the URL what is meant for Django.
func openPostgreSQL(ctx context.Context, s *site, u *url.URL) (*backend, error) {
	given, query := u.Query(), make(url.Values)
	for _, name := range postgresParams {
		if v := cmp.Or(given[name]...); v != "" {
			query.Set(name, v)
		}
	}
	if v := cmp.Or(given.Get("currentSchema"), given.Get("search_path")); v != "" {
		query.Set("search_path", v)
	}
	if u.Hostname() == "" && query.Get("host") == "" && os.Getenv("PGHOST") == "" {
		if dir := postgresSocket(cmp.Or(u.Port(), query.Get("port"), os.Getenv("PGPORT"), "5432")); dir != "" {
			query.Set("host", dir)
		}
	}
	if query.Get("application_name") == "" && os.Getenv("PGAPPNAME") == "" {
		query.Set("application_name", "djsession")
	}
	db, err := dialPostgreSQL(ctx, u, query)
	if err != nil {
		return nil, unreachable("PostgreSQL", cmp.Or(query.Get("host"), u.Host, os.Getenv("PGHOST"), "localhost"), err)
	}
	return databaseBackend(db, sqldialect.PostgreSQL, s, u, place(u))
}

// postgresParams are those of libpq that reach the server or its driver.
// Without sslmode, TLS is preferred.
var postgresParams = []string{
	"sslmode", "sslcert", "sslkey", "sslpassword", "sslrootcert", "sslsni", "sslnegotiation", "host", "port", "user", "password", "passfile",
	"options", "connect_timeout", "target_session_attrs", "channel_binding", "application_name",
}

// socketFolders are where PostgreSQL has its socket unless it is told
// otherwise: in Debian and Red Hat, and in PostgreSQL's own default.
var socketFolders = []string{"/var/run/postgresql", "/tmp"}

// postgresSocket is the folder of the server's socket, which a site without
// HOST speaks to, or "".
func postgresSocket(port string) string {
	for _, dir := range socketFolders {
		if _, err := os.Stat(filepath.Join(dir, ".s.PGSQL."+port)); err == nil {
			return dir
		}
	}
	return ""
}

// dialPostgreSQL asks for one message a statement, so that a pooler in between
// mixes up nothing.
func dialPostgreSQL(ctx context.Context, u *url.URL, query url.Values) (*sql.DB, error) {
	target := *u
	// As libpq does, pgx takes a plus for a plus, and only %20 for a space.
	target.Scheme, target.RawQuery = "postgres", strings.ReplaceAll(query.Encode(), "+", "%20")
	config, err := pgx.ParseConfig(target.String())
	if err != nil {
		_, reason, _ := strings.Cut(err.Error(), "`: ") // before it stands the URL
		return nil, usagef("the URL cannot be used: %s", reason)
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	return dial(ctx, stdlib.OpenDB(*config))
}

// openMySQL counts rows that were found and not only those that were changed,
// as Django does.
func openMySQL(ctx context.Context, s *site, u *url.URL) (*backend, error) {
	config := mysql.NewConfig()
	config.User = u.User.Username()
	config.Passwd, _ = u.User.Password()
	config.DBName = strings.TrimPrefix(u.Path, "/")
	config.Net, config.Addr = "tcp", net.JoinHostPort(cmp.Or(u.Hostname(), "127.0.0.1"), cmp.Or(u.Port(), "3306"))
	query := u.Query()
	if socket := cmp.Or(query.Get("unix_socket"), query.Get("socket")); socket != "" {
		config.Net, config.Addr = "unix", socket
	}
	if err := mysqlTLS(config, query); err != nil {
		return nil, err
	}
	config.ClientFoundRows = true
	config.Timeout = openTimeout
	config.Logger = &mysql.NopLogger{} // what fails is an error too
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	db, err := dial(ctx, sql.OpenDB(connector))
	if err != nil {
		return nil, unreachable("MySQL", config.Addr, err)
	}
	return databaseBackend(db, sqldialect.MySQL, s, u, place(u))
}

// dial makes sure that there is a server.
func dial(ctx context.Context, db *sql.DB) (*sql.DB, error) {
	if err := db.PingContext(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

func unreachable(server, where string, err error) error {
	if errors.As(err, new(*pgconn.ConnectError)) {
		err = lastAttempt{err}
	}
	failed := fmt.Errorf("%s at %s: %w", server, where, err)
	var network *net.OpError
	var name *net.DNSError
	switch text := err.Error(); {
	case errors.As(err, &network), errors.As(err, &name), errors.Is(err, context.DeadlineExceeded):
		return hint(failed, "is the server running, and are host and port in --store right?")
	case strings.Contains(text, "startup parameter"):
		return hint(failed, "a pooler between refuses what --store asks for: name the schema in --table (SCHEMA.TABLE), not in search_path or options")
	case strings.Contains(text, "authentication failed"), strings.Contains(text, "Access denied"), strings.Contains(text, "role "):
		return hint(failed, "the user or the password in --store is not the one in the site's DATABASES")
	case strings.Contains(text, "does not exist"), strings.Contains(text, "Unknown database"):
		return hint(failed, "the name of the database is what follows the last slash in --store: NAME in the site's DATABASES")
	}
	return failed
}

// A lastAttempt is pgx's error in one line: what became of the last address, or
// the last way of TLS, that it tried.
type lastAttempt struct{ error }

func (e lastAttempt) Error() string {
	lines := strings.Split(strings.TrimSpace(e.error.Error()), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	if _, reason, found := strings.Cut(last, "`: "); found { // behind the names of user and database
		return reason
	}
	return last
}

func (e lastAttempt) Unwrap() error { return e.error }

// databaseBackend is what the parameters say: the table of a cache, or of
// sessions.
func databaseBackend(db *sql.DB, dialect sqldialect.Dialect, s *site, u *url.URL, where string) (b *backend, err error) {
	db.SetMaxIdleConns(2 * serverWriters) // what is written side by side keeps its connections
	query := u.Query()
	if query.Has("cache_table") {
		b, err = tableCacheBackend(db, dialect, s, query, where)
	} else {
		b, err = tableBackend(db, dialect, s, query, where)
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	b.close = append([]func() error{db.Close}, b.close...)
	return b, nil
}

// anyKey takes the keys that are in a table, whatever they are: those of
// arguments and imports are looked at before.
func anyKey(string) bool { return true }

// tableBackend is a session table: Django's own, or that of an app.
func tableBackend(db *sql.DB, dialect sqldialect.Dialect, s *site, query url.Values, where string) (*backend, error) {
	app, err := oneOf(query, "app", "", "user_sessions", "qsessions")
	if err != nil {
		return nil, err
	}
	opts := dbstore.Options{Table: s.table, Schema: s.schema, Local: s.local, ValidKey: anyKey, Now: s.now}
	if opts.References, err = references(s.values["session_references"]); err != nil {
		return nil, err
	}
	if opts.Table == "" {
		opts.Table = map[string]string{"": "django_session", "user_sessions": "user_sessions_session", "qsessions": "qsessions_session"}[app]
	}
	b := &backend{
		Where:     where,
		DB:        db,
		Users:     db,
		Dialect:   dialect,
		Table:     dialect.Quote(opts.Table),
		TableName: opts.Table,
		App:       app,
	}
	pk, err := s.userPK()
	if err != nil {
		return nil, err
	}
	users := &dbstore.UserOptions{Options: opts, UserUUIDs: pk == auth.PKUUID}
	if pk == auth.PKText {
		users.UserID = func(id string) any { return id } // also if it looks like a number
	}
	switch app {
	case "user_sessions":
		b.With = func(codec *djsession.Codec) djsession.Store {
			return dbstore.NewUserSessions(db, dialect, codec, users)
		}
	case "qsessions":
		b.With = func(codec *djsession.Codec) djsession.Store { return dbstore.NewQSessions(db, dialect, codec, users) }
		b.CachePrefix = "qsessions.q_cached_db"
	default:
		b.With = func(codec *djsession.Codec) djsession.Store { return dbstore.New(db, dialect, codec, &opts) }
	}
	if s.schema != "" {
		b.Table = dialect.Quote(s.schema) + "." + b.Table
	}
	b.Store = b.With(s.codec(djsession.Encoding{}, 0))
	b.Text = func(ctx context.Context, key string) (text string, err error) {
		query := "SELECT " + dialect.Quote("session_data") + " FROM " + b.Table + " WHERE " + dialect.Quote("session_key") + " = ?"
		err = db.QueryRowContext(ctx, dialect.Rebind(query), key).Scan(&text)
		if errors.Is(err, sql.ErrNoRows) {
			return "", djsession.ErrNotFound
		}
		return text, b.fail("load from", err)
	}
	return b, nil
}
