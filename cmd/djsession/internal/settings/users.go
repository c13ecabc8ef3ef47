package settings

import (
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
)

// UserOptions read users_table, users_pk and users_columns.
func (s *Site) UserOptions() (*dbusers.Options, error) {
	opts := &dbusers.Options{Local: s.Local, Where: s.Values["users_where"], ActiveWhere: s.Values["users_active_where"]}
	var err error
	if opts.Schema, opts.Table, err = tableName("users_table", s.Values["users_table"]); err != nil {
		return nil, err
	}
	if opts.Parents, err = parents(s.Values["users_parents"]); err != nil {
		return nil, err
	}
	if opts.PK, err = s.UserPK(); err != nil {
		return nil, err
	}
	c := &opts.Columns
	columns := map[string]*string{
		"id": &c.ID, "username": &c.Username, "password": &c.Password, "last_login": &c.LastLogin, "is_superuser": &c.IsSuperuser,
		"is_staff": &c.IsStaff, "is_active": &c.IsActive, "email": &c.Email, "first_name": &c.FirstName, "last_name": &c.LastName,
		"date_joined": &c.DateJoined,
	}
	for _, line := range Lines(s.Values["users_columns"]) {
		field, column, ok := strings.Cut(line, "=")
		if !ok || columns[field] == nil || column == "" {
			return nil, fail.Hint(fail.Usagef("users_columns: %s is not FIELD=COLUMN", human.Quote(line)), "the fields are "+strings.Join(UserFields, ", "))
		}
		*columns[field] = column
	}
	return opts, nil
}

// UserPK reads users_pk.
func (s *Site) UserPK() (auth.PK, error) {
	switch pk := s.Values["users_pk"]; pk {
	case "", "int":
		return auth.PKInt, nil
	case "uuid":
		return auth.PKUUID, nil
	case "text":
		return auth.PKText, nil
	default:
		return auth.PKInt, fail.Usagef("users_pk must be int, uuid or text, not %q", pk)
	}
}

// parents reads users_parents, as settings import writes it.
func parents(text string) (found []dbusers.Parent, err error) {
	for _, line := range Lines(text) {
		parts := strings.Split(line, ":")
		if len(parts) != 3 {
			return nil, fail.Hint(fail.Usagef("users_parents: %s is not TABLE: KEY=LINK: COLUMNS", human.Quote(line)), "as in 'shop_person: id=person_ptr_id: email, password'")
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
			return nil, fail.Usagef("users_parents: %s names no key, or no column that refers to it", human.Quote(line))
		}
		found = append(found, p)
	}
	return found, nil
}
