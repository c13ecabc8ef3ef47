package djsite

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/dbstore"
)

// onDelete are the words of session_references: a model's on_delete.
var onDelete = map[string]dbstore.OnDelete{
	"cascade": dbstore.OnDeleteCascade, "set_null": dbstore.OnDeleteSetNull, "protect": dbstore.OnDeleteProtect,
	"restrict":   dbstore.OnDeleteProtect,
	"do_nothing": dbstore.OnDeleteDoNothing,
}

// parseReferences reads session_references. A foreign key to the table of
// another line comes after that line.
func parseReferences(lines []string) ([]dbstore.Reference, error) {
	var all, top []*referenceNode
	for _, line := range lines {
		n, parent, err := parseReference(line)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
		if parent == "" {
			top = append(top, n)
			continue
		}
		i := slices.IndexFunc(all, func(other *referenceNode) bool { return other != n && other.Table == parent })
		if i < 0 {
			return nil, fmt.Errorf("%q comes before the line of the table that it refers to", line)
		}
		all[i].below = append(all[i].below, n)
	}
	return built(top), nil
}

// A referenceNode is a Reference whose own references are still to come.
type referenceNode struct {
	dbstore.Reference
	below []*referenceNode
}

func built(nodes []*referenceNode) (refs []dbstore.Reference) {
	for _, n := range nodes {
		n.References = built(n.below)
		refs = append(refs, n.Reference)
	}
	return refs
}

// parseReference reads a line, and the table that it refers to if that is not
// the table of sessions.
func parseReference(line string) (n *referenceNode, parent string, err error) {
	bad := fmt.Errorf("%q is not TABLE.COLUMN: ON_DELETE, as in shop_visit.session_id: cascade, and below it "+
		"shop_page.visit_id -> shop_visit.id: cascade; on_delete is cascade, set_null, protect, restrict or do_nothing", line)
	n = new(referenceNode)
	names, word, ok := cutLast(line, ":")
	from, to, nested := strings.Cut(names, "->")
	if nested {
		if parent, n.To, ok = cutLast(to, "."); !ok {
			return nil, "", bad
		}
		if _, parent, ok = tableName(parent); !ok {
			return nil, "", bad
		}
	}
	table, column, hasColumn := cutLast(from, ".")
	rule, known := onDelete[strings.ToLower(word)]
	if !ok || !hasColumn || !known {
		return nil, "", bad
	}
	n.Column, n.OnDelete = column, rule
	if n.Schema, n.Table, ok = tableName(table); !ok {
		return nil, "", bad
	}
	return n, parent, nil
}

// cutLast cuts text at the last sep, and trims both parts.
func cutLast(text, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(text, sep)
	if i < 0 {
		return "", "", false
	}
	before, after = strings.TrimSpace(text[:i]), strings.TrimSpace(text[i+len(sep):])
	return before, after, before != "" && after != ""
}

// parseParents reads users_parents.
func parseParents(lines []string) (found []dbusers.Parent, err error) {
	for _, line := range lines {
		bad := fmt.Errorf("%q is not TABLE: KEY=LINK: COLUMNS, as in shop_person: id=person_ptr_id: email, password", line)
		parts := strings.Split(line, ":")
		if len(parts) != 3 {
			return nil, bad
		}
		key, link, ok := strings.Cut(parts[1], "=")
		schema, table, named := tableName(strings.TrimSpace(parts[0]))
		p := dbusers.Parent{Table: table, Key: strings.TrimSpace(key), Link: strings.TrimSpace(link)}
		if schema != "" {
			p.Table = schema + `"."` + table
		}
		for column := range strings.SplitSeq(parts[2], ",") {
			if column = strings.TrimSpace(column); column != "" {
				p.Columns = append(p.Columns, column)
			}
		}
		if !ok || !named || p.Key == "" || p.Link == "" {
			return nil, bad
		}
		found = append(found, p)
	}
	return found, nil
}

// userFields are the fields of a user model that users_columns can name.
var userFields = []string{
	"id", "username", "password", "last_login", "is_superuser", "is_staff", "is_active", "email",
	"first_name", "last_name", "date_joined",
}

// columnOf returns where the name of a field's column stands.
func columnOf(c *dbusers.Columns, field string) *string {
	return map[string]*string{
		"id": &c.ID, "username": &c.Username, "password": &c.Password, "last_login": &c.LastLogin,
		"is_superuser": &c.IsSuperuser, "is_staff": &c.IsStaff, "is_active": &c.IsActive, "email": &c.Email,
		"first_name": &c.FirstName, "last_name": &c.LastName, "date_joined": &c.DateJoined,
	}[field]
}

// parseColumns reads users_columns.
func parseColumns(lines []string) (c dbusers.Columns, err error) {
	for _, line := range lines {
		field, column, _ := strings.Cut(line, "=")
		at := columnOf(&c, field)
		if at == nil || column == "" {
			return c, errors.New("it must be FIELD=COLUMN, and the fields are " + strings.Join(userFields, ", "))
		}
		*at = column
	}
	return c, nil
}
