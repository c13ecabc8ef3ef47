package cli

import (
	"testing"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/place"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/djsession"
)

// TestExportedEnd exports sessions of a cache, which tells in whole seconds how
// long a session has left.
func TestExportedEnd(t *testing.T) {
	a := &app{now: func() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) }}
	s, err := settings.New(map[string]string{})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ reason, session, expires, want string }{
		{"as it is", `{}`, "2026-03-05T00:00:00.9Z", "2026-03-05T00:00:00Z"},
		{"a session that names its end has that", `{"_session_expiry":"2026-03-05T00:00:01.25+00:00"}`, "2026-03-05T00:00:00.9Z", "2026-03-05T00:00:01.25Z"},
		{"and not if expire moved it", `{"_session_expiry":"2026-03-05T00:00:01+00:00"}`, "2026-03-06T00:00:00Z", "2026-03-06T00:00:00Z"},
		{"one that never ends", `{}`, "0001-01-01T00:00:00Z", "2026-03-18T05:06:07Z"},
	} {
		data, err := djsession.JSON.Loads(row.session)
		if err != nil {
			t.Fatal(err)
		}
		expires, err := time.Parse(time.RFC3339Nano, row.expires)
		if err != nil {
			t.Fatal(err)
		}
		line, err := a.exported(&place.Place{WholeSeconds: true}, s, &session{Record: &djsession.Record{Key: "x", Data: data, Expires: expires}, Unsigned: true})
		if err != nil || line.Expires != row.want {
			t.Errorf("%s: got %+v, %v, want %s", row.reason, line, err, row.want)
		}
	}
}

// TestExportedBytes exports raw bytes in JSON, which are latin-1 to Django.
func TestExportedBytes(t *testing.T) {
	a := &app{now: time.Now}
	s, err := settings.New(map[string]string{})
	if err != nil {
		t.Fatal(err)
	}
	data, err := djsession.JSON.Loads("{\"\xe9\":\"a\xff\",\"b\":\"\\u00e9\"}")
	if err != nil {
		t.Fatal(err)
	}
	rec := &djsession.Record{Key: "x", Data: data, Expires: time.Now(), Encoding: djsession.Encoding{Serializer: "json"}}
	line, err := a.exported(&place.Place{}, s, &session{Record: rec})
	want := `{"\u00e9":"a\u00ff","b":"\u00e9"}`
	if err != nil || string(line.Data) != want {
		t.Errorf("got %s, %v, want %s", line.Data, err, want)
	}
	im := &importer{app: a, site: s}
	if _, _, err := im.parse("{\"key\":\"bob00000\",\"expires\":\"2099-01-01T00:00:00Z\",\"data\":{\"a\":\"\xe9\"}}"); err == nil {
		t.Error("a line that is not UTF-8 was read")
	}
}
