package djsession

import "log/slog"

// String is what may stand for the session in a log: a fingerprint of its key, and nothing of what it holds.
func (s *Session) String() string { return logged(s.Key()) }

// GoString is [Session.String], so that no verb of package fmt shows the key.
func (s *Session) GoString() string { return s.String() }

// LogValue implements [slog.LogValuer].
func (s *Session) LogValue() slog.Value { return slog.StringValue(s.String()) }

// String is what may stand for the record in a log: a fingerprint of its key, and nothing of what it holds.
func (r *Record) String() string { return logged(r.Key) }

// GoString is [Record.String], so that no verb of package fmt shows the key.
func (r *Record) GoString() string { return r.String() }

// LogValue implements [slog.LogValuer].
func (r *Record) LogValue() slog.Value { return slog.StringValue(r.String()) }

func logged(key string) string {
	if key == "" {
		return "session without a key"
	}
	return "session " + Fingerprint(key)
}
