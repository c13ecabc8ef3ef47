package sqldb

import (
	"crypto/md5"
	"encoding/hex"
	"strings"
)

// Table returns the quoted name of a table, in a schema if that is not empty.
//
// The name is the model's db_table. Django puts it between quotes without
// looking at those within, so sites name a schema by crm"."users, or by
// "crm"."users" with all its quotes: such a name is taken apart, and its schema
// wins. A dot without quotes around it is part of the name.
// Django: the database backend's quote_name.
func Table(d Dialect, schema, table string) string {
	mark := djangoQuote(d)
	parts := strings.Split(unquoted(table, mark), mark+"."+mark)
	if len(parts) == 1 && schema != "" {
		parts = append([]string{schema}, parts...)
	}
	for i, part := range parts {
		parts[i] = d.Quote(part)
	}
	return strings.Join(parts, ".")
}

// TableOfField returns the db_table of a ManyToManyField of the model that has
// a table, such as "auth_user_groups". A name that is too long for the database
// ends in a digest.
// Django: ManyToManyField._get_m2m_db_table,
// django.db.backends.utils.truncate_name.
func TableOfField(d Dialect, table, field string) string {
	schema, name, found := strings.Cut(unquoted(table, `"`)+"_"+field, `"."`)
	if !found {
		schema, name = "", schema
	}
	runes := []rune(name)
	if most := longestName(d); most > 0 && len(runes) > most {
		const digestLength = 4
		sum := md5.Sum([]byte(name))
		name = string(runes[:most-digestLength]) + hex.EncodeToString(sum[:])[:digestLength]
	}
	if found {
		return schema + `"."` + name
	}
	return name
}

// djangoQuote is the mark that Django quotes names with, which on SQLite is not
// ours.
func djangoQuote(d Dialect) string {
	if d == MySQL {
		return "`"
	}
	return `"`
}

// longestName is how many characters Django gives a name. SQLite has no bound.
func longestName(d Dialect) int {
	switch d {
	case PostgreSQL:
		return 63
	case MySQL:
		return 64
	}
	return 0
}

func unquoted(name, mark string) string {
	if len(name) > 2 && strings.HasPrefix(name, mark) && strings.HasSuffix(name, mark) {
		return name[1 : len(name)-1]
	}
	return name
}
