package project

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/djsession/auth"
)

// users are the settings of the user model and of the backends that know users.
func (m *Result) users() {
	u := &m.Found.Users
	if u.Table == "" {
		return // a site without users
	}
	m.usersTable()
	m.logins()
	if guards := auth.GuardsOf(append(m.Found.Apps, m.Found.Backends...)...); len(guards) > 0 {
		m.lacks("password_logins", strings.Join(guards, ", "))
	}
	switch u.AuthHash {
	case "none":
		m.Values["session_auth_hash"] = "none"
	case "own":
		m.lacks(settings.OwnHash, u.Model)
	}
	switch {
	case u.Active == "own":
		m.lacks("is_active", u.Model)
	case u.Active == "never":
		m.note("is_active of %s is always False: no user is ever logged in", u.Model)
	}
	switch {
	case u.WhereFailed != "":
		m.lacks("users_manager", u.WhereFailed)
	case u.Where != "":
		m.Values["users_where"] = u.Where
		m.note(
			"the default manager of %s leaves out users, as users_where now says: %s; is it always the same one?",
			u.Model,
			u.Where,
		)
	}
	if u.OwnIDs {
		m.lacks("user_ids", u.Model)
	}
	if len(u.Converted) > 0 {
		m.lacks("user_columns", strings.Join(u.Converted, ", "))
	}
}

// usersTable is where users are, and in which columns.
func (m *Result) usersTable() {
	u := &m.Found.Users
	if u.Table != "auth_user" {
		m.set("users_table", settings.NameOfTable(u.Table), "")
	}
	switch kind := u.PK; {
	case kind == "UUIDField":
		m.Values["users_pk"] = "uuid"
	case kind == "CompositePrimaryKey":
		m.lacks("user_ids", "a primary key of several columns")
	case !strings.HasSuffix(kind, "AutoField") && !strings.HasSuffix(kind, "IntegerField"):
		m.Values["users_pk"] = "text"
	}
	var columns []string
	for _, field := range settings.UserFields {
		column := u.Columns[field]
		switch field {
		case "id":
			column = u.PKColumn
		case "username":
			column = u.Columns[u.Username]
		}
		if field == "is_active" && u.Active == "own" {
			column = "" // no database knows what the site makes of it
		}
		if column != field {
			columns = append(columns, field+"="+cmp.Or(column, "-"))
		}
	}
	if len(columns) > 0 {
		m.Values["users_columns"] = columns
	}
	m.parents()
	if u.Database != nil {
		store, notes := u.Database.store(m.dir)
		sessions := ""
		if m.Found.Database != nil {
			sessions, _ = m.Found.Database.store(m.dir)
		}
		if store != sessions {
			m.set("users_store", store, "")
			m.Notes = append(m.Notes, notes...)
		}
	}
}

// parents are the tables of other models in which some of the columns are.
func (m *Result) parents() {
	u := &m.Found.Users
	var lines []string
	for _, parent := range u.Parents {
		line := parent.line(u)
		if line == "" {
			continue
		}
		if parent.Link == "" || strings.Count(line, ":") != 2 || strings.Count(line, "=") != 1 {
			m.lacks("user_columns", "those in "+parent.Table)
			continue
		}
		lines = append(lines, line)
	}
	if len(lines) > 0 {
		m.Values["users_parents"] = lines
	}
}

// line is a parent as users_parents has it, "" if it has nothing of what
// djsession reads.
func (p *parent) line(u *users) string {
	var columns []string
	for _, field := range settings.UserFields {
		if field == "username" {
			field = u.Username
		}
		if u.Tables[field] == p.Table && u.Columns[field] != "" && field != "id" {
			columns = append(columns, u.Columns[field])
		}
	}
	if len(columns) == 0 {
		return ""
	}
	return settings.NameOfTable(p.Table) + ": " + p.PKColumn + "=" + p.Link + ": " + strings.Join(columns, ", ")
}

// standardInactive are Django's own backends that let inactive users in.
var standardInactive = []string{
	"django.contrib.auth.backends.AllowAllUsersModelBackend",
	"django.contrib.auth.backends.AllowAllUsersRemoteUserBackend",
}

// logins are the backends whose logins count, and how each finds a user.
func (m *Result) logins() {
	d := m.Found
	backends := slices.DeleteFunc(
		slices.Clone(d.Backends),
		func(name string) bool { return d.Users.Logins[name] == "never" },
	)
	if !slices.Equal(backends, []string{"django.contrib.auth.backends.ModelBackend"}) {
		m.Values["authentication_backends"] = backends
	}
	var inactive []string
	own := false
	for _, name := range slices.Sorted(maps.Keys(d.Users.Logins)) {
		switch d.Users.Logins[name] {
		case "inactive":
			inactive = append(inactive, name)
			own = own || !slices.Contains(standardInactive, name)
		case "own":
			m.lacks("get_user", name)
		}
	}
	if own {
		m.Values["inactive_backends"] = inactive
		m.note(
			"%s does not ask for is_active: a user who is no longer active stays logged in on this site, and for djsession; inactive_backends says so",
			strings.Join(
				slices.DeleteFunc(inactive, func(name string) bool { return slices.Contains(standardInactive, name) }),
				", ",
			),
		)
	}
}
