package interop

import (
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/pickled"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// TestChangedBetweenRequests does to a row what others may do to it between two
// requests of one browser.
func TestChangedBetweenRequests(t *testing.T) {
	encode := func(key string, opts *djsession.CodecOptions) func() string {
		return func() string {
			data, err := djsession.JSON.Loads(`{"n":1,"other":true}`)
			if err != nil {
				t.Fatal(err)
			}
			text, err := djsession.NewCodec(key, opts).Encode(data)
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
	}
	for _, row := range []struct {
		reason  string
		opts    djsession.CodecOptions // of the site
		text    func() string          // what the row holds by then; nil: as it was
		sql     string                 // done to the row
		sees    string                 // what the second request sees
		stored  string                 // what is stored after it has set "seen"
		sameKey bool
	}{
		{reason: "nothing", sees: "n", stored: `{"n":1,"seen":1}`, sameKey: true},
		{reason: "deleted", sql: `DELETE FROM django_session`, stored: `{"seen":1}`},
		{reason: "expired", sql: `UPDATE django_session SET expire_date = '2000-01-01 00:00:00'`, stored: `{"seen":1}`},
		{reason: "garbage", text: func() string { return "garbage" }, stored: `{"seen":1}`, sameKey: true},
		{reason: "nothing at all", text: func() string { return "" }, stored: `{"seen":1}`, sameKey: true},
		{reason: "bytes that are no text", text: func() string { return "\x00\xff\xfe:::" }, stored: `{"seen":1}`, sameKey: true},
		{reason: "signed with another key", text: encode("another key", nil), stored: `{"seen":1}`, sameKey: true},
		{reason: "signed with a fallback key", opts: djsession.CodecOptions{Fallbacks: []string{"an older key"}}, text: encode("an older key", nil),
			sees: "n other", stored: `{"n":1,"other":true,"seen":1}`, sameKey: true},
		{reason: "signed for another class of sessions", text: encode("a secret", &djsession.CodecOptions{StoreName: "Mine"}), stored: `{"seen":1}`, sameKey: true},
		{reason: "written by an old Django", text: encode("a secret", &djsession.CodecOptions{Layout: djsession.LayoutLegacy}),
			sees: "n other", stored: `{"n":1,"other":true,"seen":1}`, sameKey: true},
		{reason: "pickled, which this site cannot read", text: encode("a secret", &djsession.CodecOptions{Serializer: pickled.New(nil)}), stored: `{"seen":1}`, sameKey: true},
		{reason: "pickled, while the site moves to JSON", opts: djsession.CodecOptions{AlsoRead: []djsession.Serializer{pickled.New(nil)}},
			text: encode("a secret", &djsession.CodecOptions{Serializer: pickled.New(nil)}), sees: "n other", stored: `{"n":1,"other":true,"seen":1}`, sameKey: true},
		{reason: "the key in another case", sql: `UPDATE django_session SET session_key = upper(session_key)`, stored: `{"seen":1}`},
	} {
		for _, merge := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, merge %v", row.reason, merge), func(t *testing.T) {
				db := memoryDB(t)
				clock := func() time.Time { return frozen }
				codec := djsession.NewCodec("a secret", &row.opts)
				store := dbstore.New(db, sqldialect.SQLite, codec, &dbstore.Options{Now: clock})
				handler := djsession.NewManager(store, &djsession.Options{Now: clock, Merge: merge, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}).
					Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						session, err := djsession.FromRequest(r)
						if err != nil {
							t.Error(err)
							return
						}
						w.Header().Set("X-Sees", strings.Join(session.Names(), " "))
						session.Set(r.URL.Query().Get("set"), 1)
					}))
				first := get(handler, "?set=n", nil)
				if row.sql != "" {
					if _, err := db.Exec(row.sql); err != nil {
						t.Fatal(err)
					}
				}
				if row.text != nil {
					if _, err := db.Exec(`UPDATE django_session SET session_data = ?`, row.text()); err != nil {
						t.Fatal(err)
					}
				}
				second := get(handler, "?set=seen", first)
				if second.StatusCode != 200 || second.Header.Get("X-Sees") != row.sees {
					t.Errorf("got %d, saw %q, want %q", second.StatusCode, second.Header.Get("X-Sees"), row.sees)
				}
				key := second.Cookies()[0].Value
				if (key == first.Cookies()[0].Value) != row.sameKey {
					t.Errorf("the key changed: %v", row.sameKey)
				}
				rec, err := store.Load(t.Context(), key)
				if err != nil {
					t.Fatal(err)
				}
				if text, _ := djsession.JSON.Dumps(nil, rec.Data); string(text) != row.stored {
					t.Errorf("stored %s, want %s", text, row.stored)
				}
			})
		}
	}
}

// get asks a handler with the cookie of an earlier response.
func get(h http.Handler, query string, before *http.Response) *http.Response {
	r := httptest.NewRequest("GET", "/"+query, nil)
	if before != nil {
		r.AddCookie(before.Cookies()[0])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// memoryDB is a database with Django's table.
func memoryDB(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1) // another connection would have another memory
	if _, err := db.Exec(createTable); err != nil {
		t.Fatal(err)
	}
	return db
}
