package djsite

import "strings"

// tableName reads the name of a table, which may stand after a schema and a
// dot. A dot within a name takes double quotes around it, and so may each name
// have them: Django writes the trick schema"."table into SQL as it is.
func tableName(text string) (schema, table string, ok bool) {
	if strings.Count(text, `"."`) == 1 && !strings.HasPrefix(text, `"`) && !strings.HasSuffix(text, `"`) {
		text = `"` + text + `"`
	}
	names, ok := splitName(text)
	if !ok || len(names) > 2 {
		return "", "", false
	}
	if len(names) == 2 {
		schema = names[0]
	}
	return schema, names[len(names)-1], true
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

// cutQuoted returns what stands before the closing quote, and what follows it.
// A quote within a name is doubled.
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
