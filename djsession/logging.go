package djsession

import (
	"fmt"
	"io"
	"log/slog"
)

// Types that hold a session key, session data or a secret print without them:
// by every verb of package fmt, in logs, and for encoders such as that of JSON.

// String is what may stand for the session in a log: a fingerprint of its key,
// and nothing of what it holds.
func (s *Session) String() string { return logged(s.Key()) }

// Format is [Session.String] for every verb of package fmt, so that none shows
// the key.
func (s *Session) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// MarshalText is [Session.String] for encoders.
func (s *Session) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue implements [slog.LogValuer].
func (s *Session) LogValue() slog.Value { return slog.StringValue(s.String()) }

// String is what may stand for the record in a log: a fingerprint of its key,
// and nothing of what it holds.
func (r Record) String() string { return logged(r.Key) }

// Format is [Record.String] for every verb of package fmt, so that none shows
// the key.
func (r Record) Format(f fmt.State, _ rune) { io.WriteString(f, r.String()) }

// MarshalText is [Record.String] for encoders.
func (r Record) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// LogValue implements [slog.LogValuer].
func (r Record) LogValue() slog.Value { return slog.StringValue(r.String()) }

// String is what may stand for the text in a log: a fingerprint of its key, and
// nothing of what it holds.
func (t EncodedRecord) String() string { return logged(t.Key) }

// Format is [EncodedRecord.String] for every verb of package fmt, so that none
// shows the key.
func (t EncodedRecord) Format(f fmt.State, _ rune) { io.WriteString(f, t.String()) }

// MarshalText is [EncodedRecord.String] for encoders.
func (t EncodedRecord) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// LogValue implements [slog.LogValuer].
func (t EncodedRecord) LogValue() slog.Value { return slog.StringValue(t.String()) }

// String is what may stand for the swap in a log: a fingerprint of its key, and
// nothing of the texts.
func (s EncodedSwap) String() string { return logged(s.Key) }

// Format is [EncodedSwap.String] for every verb of package fmt.
func (s EncodedSwap) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// MarshalText is [EncodedSwap.String] for encoders.
func (s EncodedSwap) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String says how many names there are, and nothing of them. A serializer such
// as [JSON] writes them.
func (d Data) String() string { return fmt.Sprintf("session data with %d names", d.Len()) }

// Format is [Data.String] for every verb of package fmt.
func (d Data) Format(f fmt.State, _ rune) { io.WriteString(f, d.String()) }

// MarshalText is [Data.String] for encoders.
func (d Data) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Format hides the keys.
func (c *Codec) Format(f fmt.State, _ rune) { io.WriteString(f, "djsession.Codec") }

// String says how many fallback keys there are.
func (o CodecOptions) String() string {
	return fmt.Sprintf("djsession.CodecOptions with %d fallback keys", len(o.Fallbacks))
}

// Format is [CodecOptions.String] for every verb of package fmt, so that none
// shows a key.
func (o CodecOptions) Format(f fmt.State, _ rune) { io.WriteString(f, o.String()) }

// MarshalText is [CodecOptions.String] for encoders.
func (o CodecOptions) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// Format hides the store, which may hold its sessions in memory.
func (m *Manager) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "djsession.Manager over a %T", m.store) }

// Format hides the keys of the sessions that are watched.
func (w *Watcher) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "djsession.Watcher of %d sessions", w.Len())
}

// Format hides the session when a request's context is printed, which it is a
// part of.
func (x *exchange) Format(f fmt.State, _ rune) {
	io.WriteString(f, "the context of a request with a session")
}

// Format hides the session when the writer that a handler gets is printed.
func (w *response) Format(f fmt.State, _ rune) {
	io.WriteString(f, "the response to a request with a session")
}

func logged(key string) string {
	if key == "" {
		return "session without a key"
	}
	return "session " + mark(key)
}

// mark is what stands for a key in a log: its fingerprint, as the command takes
// it for a session.
func mark(key string) string {
	if key == "" {
		return ""
	}
	return "@" + Fingerprint(key)
}
