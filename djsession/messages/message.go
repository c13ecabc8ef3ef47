package messages

import (
	"html/template"
	"strings"
)

// Level is how important a message is: any number. Django names five.
type Level int

// Django: django.contrib.messages.constants.
const (
	LevelDebug   Level = 10
	LevelInfo    Level = 20
	LevelSuccess Level = 25
	LevelWarning Level = 30
	LevelError   Level = 40
)

var defaultTags = map[Level]string{
	LevelDebug: "debug", LevelInfo: "info", LevelSuccess: "success", LevelWarning: "warning", LevelError: "error",
}

// A Message is one that [All] has read.
// Django: django.contrib.messages.storage.base.Message.
type Message struct {
	Level Level

	// Text is what it says: plain text, or HTML if Safe.
	Text string

	// Safe says that Text is HTML which was added as a [template.HTML], or in
	// Django as a SafeString.
	Safe bool

	// ExtraTags are the tags that the message was added with, separated by
	// spaces.
	ExtraTags string

	// LevelTag is the name of the level, or "" if it has none.
	LevelTag string
}

// Tags returns the extra tags and the level's, separated by spaces, for a class
// attribute.
func (m Message) Tags() string { return strings.TrimSpace(m.ExtraTags + " " + m.LevelTag) }

// HTML returns the text as a page shows it: escaped, unless it is safe.
func (m Message) HTML() template.HTML {
	if m.Safe {
		return template.HTML(m.Text)
	}
	return template.HTML(template.HTMLEscapeString(m.Text))
}

// String returns the text.
func (m Message) String() string { return m.Text }
