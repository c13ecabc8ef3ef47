package sqldb

import (
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/djsession/djsession-go/djsession/internal/sqltext"
)

// interpolate returns a query for PostgreSQL with its arguments written into
// it, each in place of a ?.
//
// Every value is a literal of unknown type: the server finds the type by the
// same rules as for a parameter. The text means the same whatever
// standard_conforming_strings is, and no value can end its literal early in any
// client encoding of PostgreSQL.
func interpolate(query string, args []any) (string, error) {
	var b strings.Builder
	size := len(query)
	for _, arg := range args {
		if s, ok := arg.(string); ok {
			size += len(s)
		}
	}
	b.Grow(size + 32*len(args))
	from := 0
	for i := range sqltext.Marks(query) {
		if len(args) == 0 {
			return "", errors.New("a statement has more parameters than arguments")
		}
		b.WriteString(query[from:i])
		if err := writeLiteral(&b, args[0]); err != nil {
			return "", err
		}
		from, args = i+1, args[1:]
	}
	if len(args) > 0 {
		return "", errors.New("a statement has more arguments than parameters")
	}
	b.WriteString(query[from:])
	return b.String(), nil
}

// writeLiteral writes a value as a literal. An error does not show the value.
func writeLiteral(b *strings.Builder, arg any) error {
	value, err := driver.DefaultParameterConverter.ConvertValue(arg)
	if err != nil {
		return fmt.Errorf("a value of type %T cannot be written into a statement", arg)
	}
	text := ""
	switch v := value.(type) {
	case nil:
		b.WriteString("NULL")
		return nil
	case string:
		return writeText(b, v)
	case []byte:
		if v == nil {
			b.WriteString("NULL")
			return nil
		}
		text = `\x` + hex.EncodeToString(v)
	case int64:
		text = strconv.FormatInt(v, 10)
	case float64:
		text = strconv.FormatFloat(v, 'g', -1, 64) // PostgreSQL reads NaN and +Inf too
	case bool:
		text = strconv.FormatBool(v)
	case time.Time:
		text = timestamp(v)
	}
	return writeText(b, text)
}

// writeText quotes a text. No client encoding has a character that ends in an
// apostrophe, but some have those that end in a backslash: next to one,
// everything is ASCII.
func writeText(b *strings.Builder, text string) error {
	if strings.IndexByte(text, 0) >= 0 || !utf8.ValidString(text) {
		return errors.New("a text has NUL in it or is not UTF-8: PostgreSQL cannot store it")
	}
	if strings.IndexByte(text, '\\') < 0 {
		b.WriteByte('\'')
		for {
			before, after, found := strings.Cut(text, "'")
			b.WriteString(before)
			if !found {
				break
			}
			b.WriteString("''")
			text = after
		}
		b.WriteByte('\'')
		return nil
	}
	b.WriteString(" E'")
	for _, r := range text {
		switch {
		case r == '\'' || r == '\\':
			b.WriteRune(r)
			b.WriteRune(r)
		case r < utf8.RuneSelf:
			b.WriteByte(byte(r))
		default:
			fmt.Fprintf(b, `\U%08X`, r)
		}
	}
	b.WriteByte('\'')
	return nil
}

// timestamp is a time with its offset, in the form that every DateStyle reads
// alike.
func timestamp(t time.Time) string {
	era := ""
	if year := t.Year(); year <= 0 { // year 1 BC comes before year 1
		t, era = t.AddDate(1-2*year, 0, 0), " BC"
	}
	return t.Format("2006-01-02 15:04:05.999999999Z07:00:00") + era
}
