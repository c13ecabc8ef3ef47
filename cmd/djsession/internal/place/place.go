// Package place opens the place where a site's sessions are. No other package
// of the command imports a driver or a client.
package place

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// A Place is the place where a site's sessions are, opened.
type Place struct {
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
func (b *Place) Close() error {
	var errs []error
	for _, f := range slices.Backward(b.close) {
		errs = append(errs, f())
	}
	return errors.Join(errs...)
}

// fail explains an error of the database.
func (b *Place) fail(op string, err error) error {
	return sqldialect.WrapError(b.Dialect, op, b.Table, err)
}

// serverWriters is how many sessions are written to a server at once.
const serverWriters = 8

// Writers is how many sessions are written at once: servers commit many in the
// time of one.
func (b *Place) Writers() int {
	if b.Users != nil && b.Dialect == sqldialect.SQLite {
		return 1
	}
	return serverWriters
}
