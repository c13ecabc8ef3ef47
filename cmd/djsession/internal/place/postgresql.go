package place

import (
	"cmp"
	"context"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/storeurl"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// openPostgreSQL leaves out of the URL what is meant for Django.
func openPostgreSQL(ctx context.Context, s *settings.Site, u *url.URL) (*Place, error) {
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
	return databasePlace(db, sqldialect.PostgreSQL, s, u, storeurl.Shown(u))
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

// postgresSocket returns the directory of the server's socket, which a site
// without HOST connects to, or "".
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
		return nil, fail.Usagef("the URL cannot be used: %s", reason)
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	return dial(ctx, stdlib.OpenDB(*config))
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
