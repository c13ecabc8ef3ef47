package place

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/storeurl"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

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
		return fail.Hint(failed, "is the server running, and are host and port in --store right?")
	case strings.Contains(text, "startup parameter"):
		return fail.Hint(failed, "a pooler between refuses what --store asks for: name the schema in --table (SCHEMA.TABLE), not in search_path or options")
	case strings.Contains(text, "authentication failed"), strings.Contains(text, "Access denied"), strings.Contains(text, "role "):
		return fail.Hint(failed, "the user or the password in --store is not the one in the site's DATABASES")
	case strings.Contains(text, "does not exist"), strings.Contains(text, "Unknown database"):
		return fail.Hint(failed, "the name of the database is what follows the last slash in --store: NAME in the site's DATABASES")
	}
	return failed
}

// databasePlace is what the parameters say: the table of a cache, or of
// sessions.
func databasePlace(db *sql.DB, dialect sqldialect.Dialect, s *settings.Site, u *url.URL, where string) (b *Place, err error) {
	db.SetMaxIdleConns(2 * serverWriters) // what is written side by side keeps its connections
	query := u.Query()
	if query.Has("cache_table") {
		b, err = tableCachePlace(db, dialect, s, query, where)
	} else {
		b, err = tablePlace(db, dialect, s, query, where)
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

// tablePlace is a session table: Django's own, or that of an app.
func tablePlace(db *sql.DB, dialect sqldialect.Dialect, s *settings.Site, query url.Values, where string) (*Place, error) {
	app, err := storeurl.OneOf(query, "app", "", "user_sessions", "qsessions")
	if err != nil {
		return nil, err
	}
	users := s.TableOptions()
	users.ValidKey, users.Now = anyKey, s.Now
	opts := &users.Options
	if opts.Table == "" {
		opts.Table = map[string]string{"": "django_session", "user_sessions": "user_sessions_session", "qsessions": "qsessions_session"}[app]
	}
	b := &Place{
		Where:     where,
		DB:        db,
		Users:     db,
		Dialect:   dialect,
		Table:     dialect.Quote(opts.Table),
		TableName: opts.Table,
		App:       app,
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
		b.With = func(codec *djsession.Codec) djsession.Store { return dbstore.New(db, dialect, codec, opts) }
	}
	if s.Schema != "" {
		b.Table = dialect.Quote(s.Schema) + "." + b.Table
	}
	b.Store = b.With(s.Codec(djsession.Encoding{}, 0))
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
