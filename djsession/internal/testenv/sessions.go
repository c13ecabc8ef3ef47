package testenv

import (
	"encoding/base64"
	"fmt"
	"testing"
	"time"
)

// Py is a Python expression, such as `{"at": datetime.datetime(2026, 1, 2),
// "n": 2**70}`. It may name what a snippet of [Django.Run] may.
type Py string

// FromJSON is the expression for what Python's json.loads makes of a text.
func FromJSON(text string) Py {
	return Py(fmt.Sprintf("json.loads(b64(%q).decode('latin-1'))", base64.StdEncoding.EncodeToString([]byte(text))))
}

// Migrate makes the tables of sessions, users and permissions.
func (d *Django) Migrate(t testing.TB) { t.Helper(); d.must(t, "migrate", nil, nil) }

// Encode returns the session_data of a dictionary. Django: SessionBase.encode.
func (d *Django) Encode(t testing.TB, data Py) string {
	t.Helper()
	var text string
	d.must(t, "encode", map[string]any{"data": data}, &text)
	return text
}

// Decode returns the dictionary of a session_data; what Django does not accept
// is an empty one.
// Django: SessionBase.decode.
func (d *Django) Decode(t testing.TB, sessionData string) Value {
	t.Helper()
	var data Value
	d.must(t, "decode", map[string]any{"text": sessionData}, &data)
	return data
}

// Create saves a new session and returns its key: the given one, or Django's
// choice if that is empty. If expiry is not empty it is what set_expiry is
// called with.
func (d *Django) Create(t testing.TB, key string, data, expiry Py) string {
	t.Helper()
	d.must(t, "create", map[string]any{"key": key, "data": data, "expiry": expiry}, &key)
	return key
}

// Load returns the session's data, and false when Django found none alive under
// the key.
func (d *Django) Load(t testing.TB, key string) (Value, bool) {
	t.Helper()
	var session struct {
		Found bool
		Data  Value
	}
	d.must(t, "load", map[string]any{"key": key}, &session)
	return session.Data, session.Found
}

// Update loads a session, changes some names and saves it. It returns the key,
// which is another one for signed cookies.
func (d *Django) Update(t testing.TB, key string, changes, expiry Py) string {
	t.Helper()
	d.must(t, "update", map[string]any{"key": key, "changes": changes, "expiry": expiry}, &key)
	return key
}

// Delete deletes a session. Django: SessionBase.delete.
func (d *Django) Delete(t testing.TB, key string) {
	t.Helper()
	d.must(t, "delete", map[string]any{"key": key}, nil)
}

// Exists reports whether the key is taken, be its session expired or not.
// Django: SessionBase.exists.
func (d *Django) Exists(t testing.TB, key string) (exists bool) {
	t.Helper()
	d.must(t, "exists", map[string]any{"key": key}, &exists)
	return exists
}

// ClearExpired deletes expired sessions. Django: SessionBase.clear_expired.
func (d *Django) ClearExpired(t testing.TB) { t.Helper(); d.must(t, "clear_expired", nil, nil) }

// Expiry is what Django says of a session's expiry.
type Expiry struct {
	Age     float64   // seconds, get_expiry_age()
	At      time.Time // get_expiry_date()
	OnClose bool      // get_expire_at_browser_close()
}

// Expiry loads a session and returns what Django says of its expiry.
func (d *Django) Expiry(t testing.TB, key string) Expiry {
	t.Helper()
	var answer struct {
		Age     float64
		At      int64
		OnClose bool `json:"on_close"`
	}
	d.must(t, "expiry", map[string]any{"key": key}, &answer)
	return Expiry{answer.Age, time.UnixMicro(answer.At), answer.OnClose}
}
