package djsession

import (
	"fmt"
	"io"
	"log/slog"
)

// String is what may stand for the session in a log: a fingerprint of its key, and nothing of what it holds.
func (s *Session) String() string { return logged(s.Key()) }

// Format is [Session.String] for every verb of package fmt, so that none shows the key.
func (s *Session) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// LogValue implements [slog.LogValuer].
func (s *Session) LogValue() slog.Value { return slog.StringValue(s.String()) }

// String is what may stand for the record in a log: a fingerprint of its key, and nothing of what it holds.
func (r Record) String() string { return logged(r.Key) }

// Format is [Record.String] for every verb of package fmt, so that none shows the key.
func (r Record) Format(f fmt.State, _ rune) { io.WriteString(f, r.String()) }

// LogValue implements [slog.LogValuer].
func (r Record) LogValue() slog.Value { return slog.StringValue(r.String()) }

// String is what may stand for the text in a log: a fingerprint of its key, and nothing of what it holds.
func (t Text) String() string { return logged(t.Key) }

// Format is [Text.String] for every verb of package fmt, so that none shows the key.
func (t Text) Format(f fmt.State, _ rune) { io.WriteString(f, t.String()) }

// LogValue implements [slog.LogValuer].
func (t Text) LogValue() slog.Value { return slog.StringValue(t.String()) }

// Format is for whoever prints a request's context, of which the session is a part.
func (x *exchange) Format(f fmt.State, _ rune) {
	io.WriteString(f, "the context of a request with a session")
}

func logged(key string) string {
	if key == "" {
		return "session without a key"
	}
	return "session " + Fingerprint(key)
}
