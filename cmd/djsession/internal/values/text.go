package values

import (
	"fmt"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/pyjson"
)

// Text writes a value of [Contents] for people: on one line if it fits in
// width, otherwise indented. Letters are shown as they are; control characters
// of terminals are escaped.
func Text(value any, width int, indent string) string {
	if raw, ok := value.(pyjson.Raw); ok {
		var parsed any
		if err := pyjson.Unmarshal(string(raw), &parsed); err != nil {
			return human.Quote(string(raw))
		}
		value = parsed
	}
	var b strings.Builder
	writeHuman(&b, value, width, indent)
	return b.String()
}

func writeHuman(b *strings.Builder, value any, width int, indent string) {
	var line strings.Builder
	if writeLine(&line, value, width) {
		b.WriteString(line.String())
		return
	}
	deeper := indent + "  "
	switch v := value.(type) {
	case []any:
		b.WriteString("[")
		for i, item := range v {
			nextLine(b, i, deeper)
			writeHuman(b, item, width-2, deeper)
		}
		b.WriteString("\n" + indent + "]")
	case pyjson.Object:
		b.WriteString("{")
		for i, m := range v {
			nextLine(b, i, deeper)
			b.WriteString(human.Quote(m.Name) + ": ")
			writeHuman(b, m.Value, width-2, deeper)
		}
		b.WriteString("\n" + indent + "}")
	}
}

func nextLine(b *strings.Builder, i int, indent string) {
	if i > 0 {
		b.WriteString(",")
	}
	b.WriteString("\n" + indent)
}

// writeLine writes a value on one line. It gives up on a list or object as soon
// as the line is longer than width, so that what is nested deeply, or huge, is
// not written once for each level.
func writeLine(b *strings.Builder, value any, width int) (fits bool) {
	fits = true
	inner := func(i int, name string, item any) bool {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name)
		if text, ok := item.(string); ok && len(text) > width {
			return false
		}
		return b.Len() < width && writeLine(b, item, width) && b.Len() < width
	}
	switch v := value.(type) {
	case string:
		if v == Masked {
			b.WriteString(v)
			return true
		}
		b.WriteString(human.Quote(v))
	case []any:
		b.WriteString("[")
		for i := 0; i < len(v) && fits; i++ {
			fits = inner(i, "", v[i])
		}
		b.WriteString("]")
	case pyjson.Object:
		if isRepr(v) {
			b.WriteString(human.Printable(asText(v)))
			return true
		}
		b.WriteString("{")
		for i := 0; i < len(v) && fits; i++ {
			fits = inner(i, human.Quote(v[i].Name)+": ", v[i].Value)
		}
		b.WriteString("}")
	default:
		text, err := pyjson.Append(nil, v)
		if err != nil {
			text = fmt.Append(nil, v)
		}
		b.Write(text)
	}
	return fits
}
