package dbstore

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// A UserStore is a [Store] over a table that has each session's user in a
// column, with an index, as the tables of django-user-sessions and
// django-qsessions have. It is a [djsession.UserLister].
type UserStore struct {
	*Store
	column string // quoted
	userID func(id string) any
}

var _ djsession.UserLister = (*UserStore)(nil)

// UserOptions is [Options] and what a [UserStore] needs in addition. Nil and
// the zero value are the defaults.
type UserOptions struct {
	Options

	// UserColumn is the column of the user's primary key. Default: "user_id", a
	// foreign key called user.
	UserColumn string

	// UserUUIDs says that users have UUIDs for primary keys. The column holds
	// them as Django stores a UUIDField there: without hyphens, unless the
	// database has a type for them.
	UserUUIDs bool

	// UserID converts _auth_user_id to a value for UserColumn. Default: a
	// number if it is one, else the text, or what UserUUIDs says.
	UserID func(id string) any

	// RemoteIP returns the client's address, or "" if it is not known. Default:
	// that of the connection, as Django's REMOTE_ADDR is, which behind a proxy
	// is the proxy's.
	RemoteIP func(r *http.Request) string
}

// NewUserStore returns a store over a custom session model with a column for
// the user, which is written in addition to those of opts.Columns.
func NewUserStore(db *sql.DB, dialect sqldialect.Dialect, codec *djsession.Codec, opts *UserOptions) *UserStore {
	var o UserOptions
	if opts != nil {
		o = *opts
	}
	return newUserStore(db, dialect, codec, o)
}

// NewUserSessions returns a store over the table of django-user-sessions. The
// session's user, and at each save in a request the client's address and
// browser, are kept up to date. The package saves a session also when only
// address or browser have changed; this store writes them when the session is
// saved anyway.
// Django: user_sessions.backends.db.
func NewUserSessions(db *sql.DB, dialect sqldialect.Dialect, codec *djsession.Codec, opts *UserOptions) *UserStore {
	return newPackageStore(db, dialect, codec, opts, "user_sessions_session", func(o *UserOptions) []Column {
		return []Column{
			{Name: "last_activity", Value: now},
			{Name: "user_agent", KeepOnNil: true, Value: func(s *Write) any { return userAgent(s.Request, 200) }},
		}
	})
}

// NewQSessions returns a store over the table of django-qsessions, which also
// keeps the client's address and browser in the session itself. For its
// cached_db backend put it behind a cache with StorePrefix
// "qsessions.q_cached_db". As with [NewUserSessions], a change of address or
// browser alone saves nothing.
// Django: qsessions.backends.db.
func NewQSessions(db *sql.DB, dialect sqldialect.Dialect, codec *djsession.Codec, opts *UserOptions) *UserStore {
	return newPackageStore(db, dialect, codec, opts, "qsessions_session", func(o *UserOptions) []Column {
		prepare, remoteIP := o.Prepare, o.RemoteIP
		o.Prepare = func(s *Write) {
			if s.Request != nil {
				setIfOther(s.Record.Data, "_qsessions_user_agent", userAgent(s.Request, 300))
				setIfOther(s.Record.Data, "_qsessions_ip", address(s.Request, remoteIP))
			}
			if prepare != nil {
				prepare(s)
			}
		}
		return []Column{
			{Name: "created_at", InsertOnly: true, Value: now},
			{Name: "updated_at", Value: now},
			{Name: "user_agent", KeepOnNil: true, Value: func(s *Write) any { return userAgent(s.Request, 300) }},
		}
	})
}

// newPackageStore fills in a package's table and columns.
func newPackageStore(db *sql.DB, dialect sqldialect.Dialect, codec *djsession.Codec, opts *UserOptions, table string, columns func(o *UserOptions) []Column) *UserStore {
	var o UserOptions
	if opts != nil {
		o = *opts
	}
	if o.Table == "" {
		o.Table = table
	}
	if o.RemoteIP == nil {
		o.RemoteIP = peer
	}
	remoteIP := o.RemoteIP
	own := append(columns(&o), Column{Name: "ip", KeepOnNil: true, Value: func(s *Write) any { return address(s.Request, remoteIP) }})
	o.Columns = append(own, o.Columns...)
	return newUserStore(db, dialect, codec, o)
}

func newUserStore(db *sql.DB, dialect sqldialect.Dialect, codec *djsession.Codec, o UserOptions) *UserStore {
	if o.UserColumn == "" {
		o.UserColumn = "user_id"
	}
	switch {
	case o.UserID != nil:
	case o.UserUUIDs:
		o.UserID = uuidDigits
	default:
		o.UserID = numberOrText
	}
	user := Column{Name: o.UserColumn, Value: func(s *Write) any {
		id, ok, err := s.Record.Data.Get("_auth_user_id")
		if err != nil || !ok || id == nil {
			return nil
		}
		return o.UserID(fmt.Sprint(id)) // text, or a number in old sessions
	}}
	o.Columns = append([]Column{user}, o.Columns...)
	return &UserStore{New(db, dialect, codec, &o.Options), dialect.Quote(o.UserColumn), o.UserID}
}

// WithCodec is [Store.WithCodec].
func (s *UserStore) WithCodec(codec *djsession.Codec) *UserStore {
	return &UserStore{s.Store.WithCodec(codec), s.column, s.userID}
}

// ListUser implements [djsession.UserLister] by the index of the user's column.
func (s *UserStore) ListUser(ctx context.Context, userID string, opts *djsession.ListOptions) iter.Seq2[*djsession.Record, error] {
	o := selectionOf(opts)
	o.condition, o.params = s.column+" = ?", []any{s.userID(userID)}
	return s.records(s.listTexts(ctx, o))
}

func numberOrText(id string) any {
	if n, err := strconv.ParseInt(id, 10, 64); err == nil {
		return n
	}
	return id
}

// uuidDigits are the 32 digits of a UUID, which databases that have a type for
// UUIDs take as well.
func uuidDigits(id string) any { return strings.ToLower(strings.ReplaceAll(id, "-", "")) }

func now(s *Write) any { return s.Now }

// userAgent is the browser's name as WSGI decodes it, cut to so many
// characters: "" if it sent none, nil outside of HTTP.
func userAgent(r *http.Request, most int) any {
	if r == nil {
		return nil
	}
	header := r.Header.Get("User-Agent")
	text := make([]byte, 0, len(header))
	for i := 0; i < len(header) && i < most; i++ {
		text = utf8.AppendRune(text, rune(header[i]))
	}
	return string(text)
}

// address is the client's, in the form that Django gives it, or nil.
func address(r *http.Request, remoteIP func(*http.Request) string) any {
	if r == nil {
		return nil
	}
	ip, err := netip.ParseAddr(remoteIP(r))
	if err != nil {
		return nil
	}
	return ip.WithZone("").String()
}

func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// setIfOther leaves what is there already as it was written.
func setIfOther(d *djsession.Data, name string, value any) {
	if old, ok, err := d.Get(name); err != nil || !ok || old != value {
		d.Set(name, value)
	}
}
