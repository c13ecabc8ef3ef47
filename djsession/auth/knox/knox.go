// Package knox knows users by the tokens of django-rest-knox, in the table
// knox_authtoken of PostgreSQL, MySQL, MariaDB or SQLite. It works with any
// driver for database/sql and imports none.
//
//	login := auth.New(users, key, &auth.Options{Schemes: []auth.Scheme{
//		auth.BySession,
//		knox.New(db, sqldialect.PostgreSQL, nil),
//	}})
//
// The table holds hashes of the tokens. Tokens are made on the Django side, and
// expired ones are deleted there: here they are refused. A token costs a query,
// and one for its user.
//
// Django: knox.auth.TokenAuthentication.
package knox

import (
	"crypto/sha512"
	"database/sql"
	"hash"
	"net/http"
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/internal/sqldb"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// Options is a site's REST_KNOX. Nil and the zero value are knox's defaults.
type Options struct {
	// Keyword is the word before the token, in any case. Default: "Token".
	// Django: REST_KNOX["AUTH_HEADER_PREFIX"].
	Keyword string

	// Hash makes what is stored of a token. Default: sha512.New.
	// Django: REST_KNOX["SECURE_HASH_ALGORITHM"].
	Hash func() hash.Hash

	// KeyLength is how many characters of a token the table has in the clear,
	// to find it by. Default: 15; it was 8 before knox 5.
	KeyLength int

	// AutoRefresh moves a token's expiry to TokenTTL from now when it is used,
	// but not beyond AutoRefreshMaxTTL after it was made, and not for less than
	// MinRefreshInterval. Default: never.
	// Django: REST_KNOX["AUTO_REFRESH"].
	AutoRefresh bool

	TokenTTL           time.Duration // default: 10 hours
	AutoRefreshMaxTTL  time.Duration // default: no limit
	MinRefreshInterval time.Duration // default: 1 minute

	// Table is the name of the token model's table. Default: "knox_authtoken".
	Table string

	// Schema is where the table is, if the connection would not find it
	// (PostgreSQL), or the database (MySQL).
	Schema string

	// Local is the site's TIME_ZONE if it runs with USE_TZ = False. Nil: USE_TZ
	// = True.
	Local *time.Location

	// Unprepared sends every statement with its parameters instead of preparing
	// it once. PostgreSQL's are never prepared.
	Unprepared bool

	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// A Scheme knows users by their tokens. It is safe for concurrent use.
type Scheme struct {
	db      *sqldb.DB
	opts    Options
	find    string // digest, user's id, creation and expiry, of a token's key
	refresh string // expiry, digest, expiry
}

var _ auth.Scheme = (*Scheme)(nil)

// New returns the scheme of the tokens in a database. Nothing is asked of the
// database yet.
func New(db *sql.DB, dialect sqldialect.Dialect, opts *Options) *Scheme {
	s := &Scheme{}
	if opts != nil {
		s.opts = *opts
	}
	s.opts.fillIn()
	s.db = sqldb.Open(db, dialect, s.opts.Unprepared)
	d := s.db.Dialect
	table := sqldb.Table(d, s.opts.Schema, s.opts.Table)
	column := func(name string) string { return table + "." + d.Quote(name) }
	s.find = "SELECT " + strings.Join([]string{column("digest"), column("user_id"), d.TimeColumn(column("created")),
		d.TimeColumn(column("expiry"))}, ", ") + " FROM " + table + " WHERE " + column("token_key") + " = ?"
	s.refresh = "UPDATE " + table + " SET " + d.Quote("expiry") + " = ? WHERE " + column("digest") + " = ? AND " + column("expiry") + " < ?"
	return s
}

func (o *Options) fillIn() {
	if o.Keyword == "" {
		o.Keyword = "Token"
	}
	if o.Hash == nil {
		o.Hash = sha512.New
	}
	if o.KeyLength <= 0 {
		o.KeyLength = 15
	}
	if o.TokenTTL == 0 {
		o.TokenTTL = 10 * time.Hour
	}
	if o.MinRefreshInterval == 0 {
		o.MinRefreshInterval = time.Minute
	}
	if o.Table == "" {
		o.Table = "knox_authtoken"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

// Challenge implements [auth.Scheme].
func (s *Scheme) Challenge() string { return s.opts.Keyword }

// Close lets go of the prepared statements. The database stays open.
func (s *Scheme) Close() error { return s.db.Close() }

// User implements [auth.Scheme]. A token that the table does not have is
// [auth.ReasonBadToken], and one that has expired [auth.ReasonTokenExpired].
func (s *Scheme) User(r *http.Request, a *auth.Auth) (*auth.User, error) {
	token, err := auth.Credentials(r, func(word string) bool { return strings.EqualFold(word, s.opts.Keyword) })
	if err != nil {
		return nil, err
	}
	row, err := s.row(r.Context(), token)
	if err != nil {
		return nil, err
	}
	if row.expires() && row.expiry.Time.Before(s.opts.Now()) {
		return nil, auth.ReasonTokenExpired
	}
	u, err := a.UserByID(r.Context(), row.userID)
	if err != nil {
		return nil, err
	}
	return u, s.prolong(r.Context(), row)
}
