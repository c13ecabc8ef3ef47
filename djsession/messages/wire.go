package messages

import (
	"strconv"
	"strings"

	"github.com/djsession/djsession-go/pyjson"
)

const (
	messageKey  = "__json_message"
	notFinished = "__messagesnotfinished__"
)

// An item is an element of a list of messages.
type item struct {
	raw     string // its JSON, as it was read or is to be written
	message Message
	known   bool // it is a message; others are kept as they are
	old     bool // raw is in the form of Django 1.4, which has no safe flag
}

// newItem encodes a message. The error is that the text is not UTF-8.
func newItem(m Message, l Layout) (item, error) {
	raw, err := appendMessage(nil, m, l)
	return item{raw: string(raw), message: m, known: true, old: l == LayoutDjango14}, err
}

func appendMessage(dst []byte, m Message, l Layout) ([]byte, error) {
	parts := []any{messageKey}
	if l != LayoutDjango14 {
		safe := 0
		if m.Safe {
			safe = 1
		}
		parts = append(parts, safe)
	}
	parts = append(parts, int(m.Level), m.Text)
	if m.ExtraTags != "" || l == LayoutDjango32 { // without them 4.1 and later would show "None"
		parts = append(parts, m.ExtraTags)
	}
	return pyjson.Append(dst, parts)
}

// encode returns the element for a list in a layout: what was read, unless it
// is in a form that readers of the layout take for another.
func (it *item) encode(l Layout) (string, error) {
	if it.known && (it.old || l == LayoutDjango14) {
		raw, err := appendMessage(nil, it.message, l)
		return string(raw), err
	}
	return string(pyjson.AppendASCII(nil, it.raw)), nil
}

// encodeAll returns the elements for a list.
func encodeAll(items []item, l Layout) ([]string, error) {
	texts := make([]string, len(items))
	for i := range items {
		text, err := items[i].encode(l)
		if err != nil {
			return nil, err
		}
		texts[i] = text
	}
	return texts, nil
}

func listOf(texts []string) string { return "[" + strings.Join(texts, ",") + "]" }

// decodeList reads a list of messages. more says that it ended with the mark
// for messages in another storage, which is taken off.
func decodeList(text string) (items []item, more, ok bool) {
	var raws []pyjson.Raw
	if err := pyjson.Unmarshal(text, &raws); err != nil || raws == nil {
		return nil, false, false
	}
	if last := len(raws) - 1; last >= 0 && string(raws[last]) == `"`+notFinished+`"` {
		raws, more = raws[:last], true
	}
	for _, raw := range raws {
		items = append(items, decodeItem(string(raw)))
	}
	return items, more, true
}

// decodeItem reads an element of a list. Elements of a message beyond those of
// today are left to Djangos to come.
func decodeItem(raw string) item {
	unknown := item{raw: raw}
	var parts []pyjson.Raw
	if pyjson.Unmarshal(raw, &parts) != nil || len(parts) < 3 {
		return unknown
	}
	if key, ok := decodeText(parts[0]); !ok || key != messageKey {
		return unknown
	}
	known := item{raw: raw, known: true}
	m, parts := &known.message, parts[1:]
	if strings.HasPrefix(string(parts[1]), `"`) { // Django 1.4: level, text, tags
		known.old = true
	} else {
		m.Safe = parts[0] == "1" || parts[0] == "true"
		parts = parts[1:]
	}
	var levelOK, textOK bool
	m.Level, levelOK = decodeLevel(parts[0])
	if len(parts) > 1 {
		m.Text, textOK = decodeText(parts[1])
	}
	if !levelOK || !textOK {
		return unknown
	}
	if len(parts) > 2 {
		m.ExtraTags, _ = decodeText(parts[2]) // None is no tags
	}
	return known
}

// decodeLevel reads what Python's int takes.
func decodeLevel(raw pyjson.Raw) (Level, bool) {
	text, ok := decodeText(raw)
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(strings.TrimSpace(text))
	return Level(n), err == nil
}

// decodeText reads a string, or a number as its text. What is not UTF-8 in it
// becomes U+FFFD.
func decodeText(raw pyjson.Raw) (string, bool) {
	switch c := raw[0]; {
	case c == '"':
		var text string
		err := pyjson.Unmarshal(string(raw), &text)
		return strings.ToValidUTF8(text, "\ufffd"), err == nil
	case c == '-' || '0' <= c && c <= '9':
		return string(raw), true
	}
	return "", false
}
