package settings

import (
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
)

// tableName reads the name of a table, which may stand after a schema and a
// dot. A dot within a name takes double quotes around it, and so may each name
// have them: Django writes the trick schema"."table into SQL as it is.
func tableName(setting, text string) (schema, table string, err error) {
	if strings.Count(text, `"."`) == 1 && !strings.HasPrefix(text, `"`) && !strings.HasSuffix(text, `"`) {
		text = `"` + text + `"`
	}
	names, ok := splitName(text)
	if !ok || len(names) > 2 {
		return "", "", fail.Hint(
			fail.Usagef("%s: %s is not the name of a table", setting, human.Quote(text)),
			`it is table, or schema.table; a name with a dot takes quotes, as in "crm.users"`,
		)
	}
	if len(names) == 2 {
		schema = names[0]
	}
	return schema, names[len(names)-1], nil
}

// splitName splits a name at its dots, but not within quotes.
func splitName(text string) (names []string, ok bool) {
	for {
		var name string
		if rest, quoted := strings.CutPrefix(text, `"`); quoted {
			if name, text, ok = cutQuoted(rest); !ok || name == "" {
				return nil, false
			}
		} else {
			end := strings.IndexByte(text, '.')
			if end < 0 {
				return append(names, text), true
			}
			name, text = text[:end], text[end:]
		}
		names = append(names, name)
		if text == "" {
			return names, true
		}
		if text[0] != '.' || len(text) == 1 {
			return nil, false
		}
		text = text[1:]
	}
}

// cutQuoted returns what stands before the closing quote, and what behind it. A
// quote within a name is doubled.
func cutQuoted(text string) (name, rest string, ok bool) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, `"`)
		if !found {
			return "", "", false
		}
		b.WriteString(before)
		if !strings.HasPrefix(after, `"`) {
			return b.String(), after, true
		}
		b.WriteByte('"')
		text = after[1:]
	}
}

// NameOfTable writes the db_table of a Django model as [tableName] reads it.
func NameOfTable(table string) string {
	if strings.Contains(table, `"."`) {
		return table // the trick for a schema
	}
	if strings.ContainsAny(table, `."`) {
		return `"` + strings.ReplaceAll(strings.Trim(table, `"`), `"`, `""`) + `"`
	}
	return table
}
