package settings

import "strings"

// NameOfTable writes the db_table of a Django model as the settings table and
// users_table have it.
func NameOfTable(table string) string {
	if strings.Contains(table, `"."`) {
		return table // the trick for a schema
	}
	if strings.ContainsAny(table, `."`) {
		return `"` + strings.ReplaceAll(strings.Trim(table, `"`), `"`, `""`) + `"`
	}
	return table
}
