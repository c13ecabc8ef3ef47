// Package drftoken finds users by the tokens of Django REST framework's
// authtoken, in the table authtoken_token of PostgreSQL, MySQL, MariaDB or
// SQLite. It works with any driver for database/sql and imports none.
//
//	login := auth.New(users, key, &auth.Options{Schemes: []auth.Scheme{
//		auth.BySession,
//		drftoken.New(db, sqldialect.PostgreSQL, nil),
//	}})
//
// A request with "Authorization: Token 9944b09199c62bcf..." is one of the user
// that the table names, if the user is active. That costs two queries by
// primary key. Tokens are made and deleted on the Django side.
//
// MySQL, and Django there, take keys that differ only by case for one. Here
// they are two tokens.
//
// Django: rest_framework.authentication.TokenAuthentication.
package drftoken

import (
	"crypto/subtle"
	"database/sql"
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/internal/sqldb"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// Options is how a site keeps its tokens. Nil and the zero value are Django
// REST framework's own.
type Options struct {
	// Keyword is the word before the token, in any case. Default: "Token".
	// Django: TokenAuthentication.keyword.
	Keyword string

	// Table is the name of the token model's table. Default:
	// "authtoken_token".
	Table string

	// Schema is where the table is, if the connection would not find it
	// (PostgreSQL), or the database (MySQL).
	Schema string

	// KeyColumn and UserColumn are the names of its columns. Default: "key" and
	// "user_id".
	KeyColumn, UserColumn string

	// Unprepared sends every statement with its parameters instead of preparing
	// it once. PostgreSQL's are never prepared.
	Unprepared bool
}

// A Scheme knows users by their tokens. It is safe for concurrent use.
type Scheme struct {
	db    *sqldb.DB
	opts  Options
	query string // the key and the user's id, of a key
}

var _ auth.Scheme = (*Scheme)(nil)

// New returns the scheme of the tokens in a database. Nothing is asked of the
// database yet.
func New(db *sql.DB, dialect sqldialect.Dialect, opts *Options) *Scheme {
	s := &Scheme{}
	if opts != nil {
		s.opts = *opts
	}
	for name, standard := range map[*string]string{&s.opts.Keyword: "Token", &s.opts.Table: "authtoken_token",
		&s.opts.KeyColumn: "key", &s.opts.UserColumn: "user_id"} {
		if *name == "" {
			*name = standard
		}
	}
	s.db = sqldb.Open(db, dialect, s.opts.Unprepared)
	d := s.db.Dialect
	key := d.Quote(s.opts.KeyColumn)
	s.query = "SELECT t." + key + ", t." + d.Quote(s.opts.UserColumn) + " FROM " + sqldb.Table(d, s.opts.Schema, s.opts.Table) +
		" t WHERE t." + key + " = ?"
	return s
}

// Challenge implements [auth.Scheme].
func (s *Scheme) Challenge() string { return s.opts.Keyword }

// User implements [auth.Scheme]. A token that the table does not have is
// [auth.ReasonBadToken].
func (s *Scheme) User(r *http.Request, a *auth.Auth) (*auth.User, error) {
	token, err := auth.Credentials(r, func(word string) bool { return strings.EqualFold(word, s.opts.Keyword) })
	if err != nil {
		return nil, err
	}
	if !utf8.ValidString(token) || strings.IndexByte(token, 0) >= 0 {
		return nil, auth.ReasonBadToken
	}
	var key, userID string
	err = s.db.QueryRow(r.Context(), s.query, []any{token}, &key, &userID)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, auth.ReasonBadToken
	case err != nil:
		return nil, sqldb.Wrap(s.db.Dialect, "find a token in", s.opts.Table, err, token)
	case subtle.ConstantTimeCompare([]byte(key), []byte(token)) != 1:
		return nil, auth.ReasonBadToken
	}
	return a.UserByID(r.Context(), userID)
}

// Close lets go of the prepared statement. The database stays open.
func (s *Scheme) Close() error { return s.db.Close() }
