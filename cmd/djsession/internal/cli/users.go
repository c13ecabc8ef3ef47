package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/signing"
)

// A userbase is a site's users, and whether a session is one of theirs.
type userbase struct {
	*dbusers.Users
	site *site
	own  *backend // the users' database, if it is not that of the sessions
}

func (u *userbase) Close() error {
	err := u.Users.Close()
	if u.own != nil {
		err = errors.Join(err, u.own.Close())
	}
	return err
}

// openUsers opens the users, who are in the database of the sessions unless
// users_store names another. Close them in the end.
func (a *app) openUsers(ctx context.Context, b *backend, s *site) (*userbase, error) {
	u := &userbase{site: s}
	if store := s.values["users_store"]; store != "" {
		var err error
		if u.own, err = openStore(ctx, s, store); err != nil {
			return nil, err
		}
		b = u.own
	}
	if b == nil || b.Users == nil {
		return nil, hint(usagef("users are in a database, and the sessions are not"), "name it with --users-store, or users_store in "+configName)
	}
	opts, err := s.userOptions()
	if err != nil {
		return nil, err
	}
	u.Users = dbusers.New(b.Users, b.Dialect, opts)
	return u, nil
}

// userOptions read users_table, users_pk and users_columns.
func (s *site) userOptions() (*dbusers.Options, error) {
	opts := &dbusers.Options{Local: s.local, Where: s.values["users_where"], ActiveWhere: s.values["users_active_where"]}
	var err error
	if opts.Schema, opts.Table, err = tableName("users_table", s.values["users_table"]); err != nil {
		return nil, err
	}
	if opts.Parents, err = parents(s.values["users_parents"]); err != nil {
		return nil, err
	}
	if opts.PK, err = s.userPK(); err != nil {
		return nil, err
	}
	c := &opts.Columns
	columns := map[string]*string{
		"id": &c.ID, "username": &c.Username, "password": &c.Password, "last_login": &c.LastLogin, "is_superuser": &c.IsSuperuser,
		"is_staff": &c.IsStaff, "is_active": &c.IsActive, "email": &c.Email, "first_name": &c.FirstName, "last_name": &c.LastName,
		"date_joined": &c.DateJoined,
	}
	for _, line := range splitLines(s.values["users_columns"]) {
		field, column, ok := strings.Cut(line, "=")
		if !ok || columns[field] == nil || column == "" {
			return nil, hint(usagef("users_columns: %s is not FIELD=COLUMN", quote(line)), "the fields are "+strings.Join(userFields, ", "))
		}
		*columns[field] = column
	}
	return opts, nil
}

// userPK reads users_pk.
func (s *site) userPK() (auth.PK, error) {
	switch pk := s.values["users_pk"]; pk {
	case "", "int":
		return auth.PKInt, nil
	case "uuid":
		return auth.PKUUID, nil
	case "text":
		return auth.PKText, nil
	default:
		return auth.PKInt, usagef("users_pk must be int, uuid or text, not %q", pk)
	}
}

// parents reads users_parents, as settings import writes it.
func parents(text string) (found []dbusers.Parent, err error) {
	for _, line := range splitLines(text) {
		parts := strings.Split(line, ":")
		if len(parts) != 3 {
			return nil, hint(usagef("users_parents: %s is not TABLE: KEY=LINK: COLUMNS", quote(line)), "as in 'shop_person: id=person_ptr_id: email, password'")
		}
		key, link, ok := strings.Cut(parts[1], "=")
		schema, table, err := tableName("users_parents", strings.TrimSpace(parts[0]))
		if err != nil {
			return nil, err
		}
		p := dbusers.Parent{Table: table, Key: strings.TrimSpace(key), Link: strings.TrimSpace(link)}
		if schema != "" {
			p.Table = schema + `"."` + table
		}
		for column := range strings.SplitSeq(parts[2], ",") {
			if column = strings.TrimSpace(column); column != "" {
				p.Columns = append(p.Columns, column)
			}
		}
		if !ok || p.Key == "" || p.Link == "" {
			return nil, usagef("users_parents: %s names no key, or no column that refers to it", quote(line))
		}
		found = append(found, p)
	}
	return found, nil
}

// auth knows who is logged in, as this site's Django does. It changes no
// session.
func (u *userbase) auth() *auth.Auth {
	opts := &auth.Options{Fallbacks: u.site.fallbacks, ReadOnly: true, KeepLastLogin: true, Now: u.site.now}
	opts.HashesProven = true // which changes nothing here, but that no warning is logged
	if backends := splitLines(u.site.values["authentication_backends"]); len(backends) > 0 {
		opts.Backends = backends
	}
	opts.NoSessionHash = u.site.values["session_auth_hash"] == "none"
	if inactive := splitLines(u.site.values["inactive_backends"]); len(inactive) > 0 {
		opts.InactiveBackends = inactive
	}
	switch major, minor := u.site.django(); {
	case u.site.writesLegacy():
		opts.Algorithm = signing.SHA1
		opts.AcceptSHA1 = true
	case major == 3 && minor >= 1:
		opts.AcceptSHA1 = true
	}
	return auth.New(u.Users, u.site.secretKey, opts)
}

// named returns the user of an id or else a name. What Python's int() takes,
// such as 007, is no id if it is a name.
func (u *userbase) named(ctx context.Context, text string) (*auth.User, error) {
	id, isID := u.PK().Parse(text)
	look := []func() (*auth.User, error){func() (*auth.User, error) { return u.UserByName(ctx, text) }}
	if isID {
		look = append(look, func() (*auth.User, error) { return u.UserByID(ctx, id) })
	}
	if id == text {
		slices.Reverse(look)
	}
	for _, by := range look {
		if user, err := by(); !errors.Is(err, auth.ReasonNoSuchUser) {
			return user, err
		}
	}
	err := withStatus(statusNotFound, fmt.Errorf("there is no user with the id or name %s", quote(text)))
	if u.site.values["users_where"] != "" {
		err = hint(err, "users_where in "+configName+" leaves out some, as the site does: of those, --user takes the id")
	}
	return nil, err
}

// userNamed returns the account of a user who is given by id or by name. An id
// will do where there is no such user any more, or none can be asked for; a
// name will not, because nothing would be found under it.
func (a *app) userNamed(ctx context.Context, b *backend, s *site, text string) (*account, error) {
	opts, err := s.userOptions()
	if err != nil {
		return nil, err
	}
	users, err := a.openUsers(ctx, b, s)
	if err == nil {
		defer users.Close()
		var user *auth.User
		if user, err = users.named(ctx, text); err == nil {
			return &account{opts.PK, user.ID, user.Username}, nil
		}
	}
	id, isID := opts.PK.Parse(text)
	if isID && (opts.PK != auth.PKText || users == nil || statusOf(err) == statusNotFound) {
		return &account{pk: opts.PK, id: id}, nil
	}
	return nil, err
}

// reason is why nobody is logged in, in a few words that stay the same.
func reason(err error) string {
	if own := new(undecided); errors.As(err, &own) {
		return own.reason()
	}
	switch {
	case errors.Is(err, auth.ReasonNoLogin):
		return "no login"
	case errors.Is(err, auth.ReasonBackendNotAllowed):
		return "backend not allowed"
	case errors.Is(err, auth.ReasonBadID):
		return "bad user id"
	case errors.Is(err, auth.ReasonNoSuchUser):
		return "no such user"
	case errors.Is(err, auth.ReasonInactive):
		return "user inactive"
	case errors.Is(err, auth.ReasonHashMissing):
		return "hash missing"
	case errors.Is(err, auth.ReasonHashWrong):
		return "hash wrong"
	case errors.Is(err, auth.ReasonHashForeign):
		return "hash foreign"
	}
	return ""
}

// sha1Hash is how long a session auth hash of Django up to 3.0 is, in hex.
const sha1Hash = 40

// reasonHint says what to make of a reason.
func reasonHint(err error, data *djsession.Data) string {
	backend, _ := data.Text("_auth_user_backend")
	hash, _ := data.Text("_auth_user_hash")
	if own := new(undecided); errors.As(err, &own) {
		id, _ := data.Text("_auth_user_id")
		return "backend and user (id " + printable(id) + ") are right as far as they can be checked; " + own.why.advice
	}
	switch {
	case errors.Is(err, auth.ReasonBackendNotAllowed):
		return "it is by " + printable(backend) + ": if the site's AUTHENTICATION_BACKENDS list that, so must authentication_backends in " + configName
	case errors.Is(err, auth.ReasonHashForeign) && len(hash) != sha1Hash:
		return "the user model overrides get_session_auth_hash: 'djsession settings import' tells, or name session_auth_hash in unsupported"
	case errors.Is(err, auth.ReasonHashForeign), errors.Is(err, auth.ReasonHashWrong) && len(hash) == sha1Hash:
		return "it is one of Django up to 3.0, which 4.0 and later refuse: --django-version says which Django reads it; or the user model overrides get_session_auth_hash"
	case errors.Is(err, auth.ReasonHashWrong):
		return "the user's password, or the SECRET_KEY, has changed since the login"
	case errors.Is(err, auth.ReasonInactive):
		return "is_active is false"
	}
	return ""
}

// A nameFinder finds the names of users for people to read. It does without
// where they cannot be found.
type nameFinder struct {
	users *userbase // nil once that is so
	names map[string]string
}

func (a *app) newNameFinder(ctx context.Context, b *backend, s *site) *nameFinder {
	users, err := a.openUsers(ctx, b, s)
	if err != nil {
		users = nil
	}
	return &nameFinder{users: users, names: make(map[string]string)}
}

// name is an id and, in brackets, the name of the user if it is known.
func (f *nameFinder) name(ctx context.Context, id string) string {
	name, known := f.names[id]
	if !known && f.users != nil {
		switch user, err := f.users.UserByID(ctx, id); {
		case err == nil:
			name = user.Username
		case !errors.Is(err, auth.ReasonNoSuchUser):
			f.Close() // there is no such table, as a rule: it is not asked again
		}
		f.names[id] = name
	}
	if name == "" {
		return printable(id)
	}
	return printable(id + " (" + name + ")")
}

func (f *nameFinder) Close() {
	if f.users != nil {
		_ = f.users.Close() // nothing was written
		f.users = nil
	}
}
