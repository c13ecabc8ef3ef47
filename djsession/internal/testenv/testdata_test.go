package testenv_test

import (
	"bytes"
	"compress/zlib"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/signing"

	_ "modernc.org/sqlite"
)

// read returns a file of testdata.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(testenv.Testdata(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// site returns the keys of testdata's site.
func site(t *testing.T) (key string, fallbacks []string) {
	t.Helper()
	return strings.TrimSpace(read(t, "secret_key")), strings.Fields(read(t, "secret_key_fallbacks"))
}

// copyOfDatabase is db.sqlite3, for tests to write to.
func copyOfDatabase(t *testing.T) *testenv.Database {
	t.Helper()
	path := filepath.Join(t.TempDir(), "db.sqlite3")
	if err := os.WriteFile(path, []byte(read(t, "db.sqlite3")), 0o600); err != nil {
		t.Fatal(err)
	}
	return testenv.SQLiteFile(path)
}

// documented returns the rows of the README's table of sessions, by key.
func documented(t *testing.T) map[string][]string {
	t.Helper()
	_, table, _ := strings.Cut(read(t, "README.md"), "| key | by Django |")
	rows := make(map[string][]string)
	for line := range strings.SplitSeq(table, "\n") {
		if strings.HasPrefix(line, "The legacy logins") {
			break
		}
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if len(cells) == 7 && cells[1] != "---" {
			rows[cells[0]+strings.Repeat("0", 32-len(cells[0]))] = cells
		}
	}
	return rows
}

// Every session is as the README says.
func TestSessionsAreAsDocumented(t *testing.T) {
	db, err := sql.Open("sqlite", copyOfDatabase(t).DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT session_key, session_data, CAST(expire_date AS TEXT) FROM django_session")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	want := documented(t)
	for rows.Next() {
		var key, data, expires string
		if err := rows.Scan(&key, &data, &expires); err != nil {
			t.Fatal(err)
		}
		cells, ok := want[key]
		if !ok {
			t.Errorf("the README has no %s", key)
			continue
		}
		delete(want, key)
		if got := describe(t, data); got != strings.Join(cells[2:5], ", ") {
			t.Errorf("%s is %s; the README says %s", key, got, strings.Join(cells[2:5], ", "))
		}
		if ended := expires < "2026"; ended != strings.HasPrefix(cells[6], "ended at") {
			t.Errorf("%s ends at %s; the README says: %s", key, expires, cells[6])
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for key := range want {
		t.Errorf("the README has %s, the database not", key)
	}
}

// describe says how a session is encoded in the words of the README.
func describe(t *testing.T, text string) string {
	if strings.Contains(text, " ") {
		return "none, none, nothing"
	}
	key, fallbacks := site(t)
	codec := djsession.NewCodec(key, &djsession.CodecOptions{Fallbacks: fallbacks, AcceptSHA1: true})
	_, enc, err := codec.Inspect(text)
	signed := "key"
	if enc.Key > 0 {
		signed = fmt.Sprintf("fallback %d", enc.Key)
	}
	if errors.Is(err, signing.ErrBadSignature) {
		signed = "nothing"
		if _, err := djsession.NewCodec("a key that nobody wrote down, as it happens", nil).Decode(text); err == nil {
			signed = "unknown"
		}
		_, enc, err = codec.InspectUnverified(text)
	}
	layout := map[djsession.Layout]string{djsession.LayoutModern: "modern", djsession.LayoutLegacy: "legacy"}[enc.Layout]
	serializer := "json"
	if errors.Is(err, djsession.ErrUnsupportedSerializer) {
		serializer = fmt.Sprintf("pickle %d", payload(t, text)[1]) // the first opcode says which protocol
	}
	if enc.Compressed {
		serializer += ", compressed"
	}
	return strings.Join([]string{layout, serializer, signed}, ", ")
}

// payload undoes the layout of a session that is whole, without a look at its
// signature.
func payload(t *testing.T, text string) []byte {
	t.Helper()
	body, _, modern := strings.Cut(text, ":")
	if !modern {
		signed, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		_, payload, _ := bytes.Cut(signed, []byte(":"))
		return payload
	}
	body, compressed := strings.CutPrefix(body, ".")
	payload, err := base64.RawURLEncoding.DecodeString(body)
	if err == nil && compressed {
		var inflated io.Reader
		if inflated, err = zlib.NewReader(bytes.NewReader(payload)); err == nil {
			payload, err = io.ReadAll(inflated)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// Django finds the users in the sessions that it can read.
func TestDjangoReadsTheDatabase(t *testing.T) {
	secret, fallbacks := site(t)
	tests := map[string]map[string]string{
		"3.2": {"alice": "alice", "legacy111": "alice", "legacy22": "carol", "sha132": "alice", "modern32": "bob", "pickle22": "", "fallback": "",
			"legacyfallback": "", "legacyexpired": ""},
		"5.2": {"alice": "alice", "bob": "bob", "carol": "carol", "dave": "", "anonymouscart": "", "anonymousbig": "", "empty": "", "values": "",
			"onclose": "alice", "seconds": "alice", "isodate": "carol", "fallback": "bob", "fallback2": "", "expired": "", "oldpassword": "",
			"nouser": "", "wrongkey": "", "messages": "carol", "tampered": "", "rubbish": "", "legacy111": "", "modern32": "bob", "sha132": "",
			"pickle42": ""},
	}
	for series, users := range tests {
		dj := testenv.GetDjango(t, series).On(t, copyOfDatabase(t)).At(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)).
			With(testenv.Settings{"SECRET_KEY": secret, "SECRET_KEY_FALLBACKS": fallbacks, "USE_TZ": true})
		for key, user := range users {
			var got string
			dj.Run(t, `
				from django.contrib.auth import get_user
				from django.http import HttpRequest
				request = HttpRequest()
				request.session = store(args["key"].ljust(32, "0"))
				result = get_user(request).get_username()`, map[string]any{"key": key}, &got)
			if got != user {
				t.Errorf("Django %s finds the user %q in %s, want %q", series, got, key, user)
			}
		}
	}
}

// What depends on the build of zlib that Python has: compressed texts, and
// where compression begins to pay.
var zlibs = regexp.MustCompile(`(?m)^text: "\..*\n|^(data|text): .*(abcdefghijklmnop|YWJjZGVmZ2hpamtsbW5vc).*\n|^(django|python|payload): .*\n`)

// The vectors are what the Djangos make today.
func TestVectorsAreCurrent(t *testing.T) {
	for _, series := range testenv.Installed() {
		cmd, err := testenv.Python(series, testenv.Testdata(t, "make_vectors.py"))
		if err != nil {
			t.Fatal(err)
		}
		made, err := cmd.Output()
		if err != nil {
			t.Errorf("Django %s: %v", series, err)
			continue
		}
		kept := read(t, "vectors/"+series+".txt")
		if !bytes.Equal(zlibs.ReplaceAll(made, nil), zlibs.ReplaceAll([]byte(kept), nil)) {
			t.Errorf("testdata/vectors/%s.txt is not what Django %[1]s makes: make testdata", series)
		}
	}
}
