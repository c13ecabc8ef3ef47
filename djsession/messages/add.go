package messages

import (
	"html/template"
	"net/http"
	"strings"
)

// A Text is what a message says: a string, which pages escape, or HTML, which
// they do not. Never put into HTML what came from outside.
type Text interface{ string | template.HTML }

// Add leaves a message for the next page that shows messages. Extra tags are
// for [Message.Tags]. An empty text, and a level below Options.MinLevel, add
// nothing. Errors are [ErrNoHandler], [ErrResponseStarted],
// djsession.ErrReadOnly, that the text is not UTF-8, and, if there are messages
// in the session, those of djsession.FromRequest.
// Django: django.contrib.messages.add_message.
func Add[T Text](r *http.Request, level Level, text T, tags ...string) error {
	x, err := fromRequest(r)
	if err != nil {
		return err
	}
	_, safe := any(text).(template.HTML)
	return x.add(Message{Level: level, Text: string(text), Safe: safe, ExtraTags: strings.Join(tags, " ")})
}

// Debug is [Add] with LevelDebug, which is not recorded unless
// Options.MinLevel is as low.
// Django: django.contrib.messages.debug.
func Debug[T Text](r *http.Request, text T, tags ...string) error {
	return Add(r, LevelDebug, text, tags...)
}

// Info is [Add] with LevelInfo.
// Django: django.contrib.messages.info.
func Info[T Text](r *http.Request, text T, tags ...string) error {
	return Add(r, LevelInfo, text, tags...)
}

// Success is [Add] with LevelSuccess.
// Django: django.contrib.messages.success.
func Success[T Text](r *http.Request, text T, tags ...string) error {
	return Add(r, LevelSuccess, text, tags...)
}

// Warning is [Add] with LevelWarning.
// Django: django.contrib.messages.warning.
func Warning[T Text](r *http.Request, text T, tags ...string) error {
	return Add(r, LevelWarning, text, tags...)
}

// Error is [Add] with LevelError.
// Django: django.contrib.messages.error.
func Error[T Text](r *http.Request, text T, tags ...string) error {
	return Add(r, LevelError, text, tags...)
}

// All returns the messages to show, oldest first, those of this request
// included. They are shown then: the next request does not get them. To show
// them twice in a page, keep what it returns. Errors are those of [Add].
// Django: django.contrib.messages.get_messages.
func All(r *http.Request) ([]Message, error) {
	x, err := fromRequest(r)
	if err != nil {
		return nil, err
	}
	return x.all()
}
