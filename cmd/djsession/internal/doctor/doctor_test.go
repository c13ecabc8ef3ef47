package doctor_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/doctor"
	"github.com/djsession/djsession-go/cmd/djsession/internal/manysessions"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/djsession/pickled"
	"github.com/djsession/djsession-go/djsession/sqldialect"

	_ "modernc.org/sqlite" // sqlite
)

const secret, oldSecret = `a "secret" key with $ and \ in it`, "the key before"

var now = time.Date(2026, 11, 23, 20, 17, 27, 0, time.UTC)

// A site is what the sessions were written by.
type site struct {
	key    string
	codec  djsession.CodecOptions
	age    time.Duration
	local  *time.Location
	ahead  time.Duration // of the clock
	before func(db *sql.DB) error
	none   bool // no sessions
}

// patient is a site, and what the settings say of it.
func (s site) patient(t *testing.T) *doctor.Patient {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "db.sqlite3")+"?_pragma=synchronous(off)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := manysessions.CreateTable(db, sqldialect.SQLite); err != nil {
		t.Fatal(err)
	}
	if s.key == "" {
		s.key = secret
	}
	if s.age == 0 {
		s.age = djsession.DefaultAge
	}
	for i := range 20 {
		if s.none {
			break
		}
		saved := now.Add(-time.Duration(i)*time.Hour + s.ahead + 123*time.Millisecond)
		s.codec.Now = func() time.Time { return saved }
		store := dbstore.New(db, sqldialect.SQLite, djsession.NewCodec(s.key, &s.codec), &dbstore.Options{Local: s.local})
		rec := &djsession.Record{Key: strings.Repeat(string(rune('a'+i)), 32), Data: new(djsession.Data), Expires: saved.Add(s.age)}
		rec.Data.Set("_auth_user_id", "42")
		if i == 7 { // has its own
			rec.Data.SetExpiry(djsession.ExpireAfter(time.Minute), nil)
			rec.Expires = saved.Add(time.Minute)
		}
		if err := store.Create(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
		store.Close()
	}
	if s.before != nil {
		if err := s.before(db); err != nil {
			t.Fatal(err)
		}
	}
	codec := djsession.NewCodec(secret, &djsession.CodecOptions{Fallbacks: []string{oldSecret}, AlsoRead: []djsession.Serializer{pickled.New(nil)}, AcceptSHA1: true})
	store := dbstore.New(db, sqldialect.SQLite, codec, &dbstore.Options{Now: func() time.Time { return now }})
	t.Cleanup(func() { store.Close() })
	return &doctor.Patient{
		Store: store, Codec: codec, SecretKey: secret, With: withKey, CookieName: "sessionid", CookieAge: djsession.DefaultAge,
		DB: db, Dialect: sqldialect.SQLite, Table: "django_session", ValidKey: djsession.ValidKey, Now: now,
	}
}

func withKey(key string) *djsession.Codec { return djsession.NewCodec(key, nil) }

// wrongKey is what the settings say in place of the key.
func wrongKey(p *doctor.Patient, key string) {
	p.SecretKey, p.Codec = key, djsession.NewCodec(key, nil)
}

// inZone is what the settings say of the zone.
func inZone(p *doctor.Patient, local *time.Location) {
	p.Local = local
	p.Store = dbstore.New(p.DB, sqldialect.SQLite, p.Codec, &dbstore.Options{Local: local, Now: func() time.Time { return now }})
}

func zone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

func exec(statement string) func(*sql.DB) error {
	return func(db *sql.DB) error {
		_, err := db.Exec(statement)
		return err
	}
}

// whoSays answers with these reasons, and then that all is well.
func whoSays(reasons ...string) func(p *doctor.Patient) {
	return func(p *doctor.Patient) {
		p.Who = func(context.Context, *djsession.Data) (string, error) {
			if len(reasons) == 0 {
				return "", nil
			}
			reason := reasons[0]
			reasons = reasons[1:]
			return reason, nil
		}
	}
}

func TestFindings(t *testing.T) {
	for _, row := range []struct {
		reason  string
		site    site
		change  func(p *doctor.Patient)
		check   string
		verdict doctor.Verdict
		says    string // part of what was found, or of the advice
	}{
		{"a healthy site", site{}, nil, "secret_key", doctor.Good, "20 (SECRET_KEY)"},
		{"has its table", site{}, nil, "table", doctor.Good, ""},
		{"and its index", site{}, nil, "index", doctor.Good, ""},
		{"and its zone", site{}, nil, "time_zone", doctor.Good, "in 20 of 20 sessions"},
		{"and its serializer", site{}, nil, "serializer", doctor.Good, ""},
		{"another key", site{key: "another"}, nil, "secret_key", doctor.Bad, "is it the SECRET_KEY of this very site"},
		{"a key with blanks", site{key: strings.TrimSpace(secret)}, func(p *doctor.Patient) { wrongKey(p, " "+secret+"\n") }, "secret_key", doctor.Bad, "blanks or a new line"},
		{"a key in quotes", site{}, func(p *doctor.Patient) { wrongKey(p, `"`+secret+`"`) }, "secret_key", doctor.Bad, "with the quotes"},
		{"a doubled dollar", site{}, func(p *doctor.Patient) { wrongKey(p, strings.ReplaceAll(secret, "$", "$$")) }, "secret_key", doctor.Bad, "compose"},
		{"a doubled backslash", site{}, func(p *doctor.Patient) { wrongKey(p, strings.ReplaceAll(secret, `\`, `\\`)) }, "secret_key", doctor.Bad, "settings.py is one"},
		{"a key that ends with a new line", site{key: secret + "\n"}, nil, "secret_key", doctor.Bad, "ends with a new line"},
		{"a pickled site under another key", site{key: secret + "\n", codec: djsession.CodecOptions{Serializer: pickled.New(nil)}}, nil, "secret_key", doctor.Bad, "ends with a new line"},
		{"keys in the wrong order", site{key: oldSecret}, nil, "secret_key", doctor.Bad, "exchange the two"},
		{"pickles", site{codec: djsession.CodecOptions{Serializer: pickled.New(nil)}}, nil, "serializer", doctor.Note, "20 of 20"},
		{"no sessions", site{none: true}, nil, "secret_key", doctor.Unknown, "log in to the site once"},
		{"junk", site{before: exec("UPDATE django_session SET session_data = 'junk'")}, nil, "secret_key", doctor.Bad, "looks like a session"},
		{"USE_TZ = False", site{local: zone("Asia/Tokyo")}, nil, "time_zone", doctor.Bad, "set --time-zone to its TIME_ZONE, which was +9 h from UTC"},
		{"half an hour", site{local: zone("Asia/Kolkata")}, nil, "time_zone", doctor.Bad, "+5 h 30 min from UTC"},
		{"west of it", site{local: zone("America/New_York")}, nil, "time_zone", doctor.Bad, "-5 h from UTC"},
		{"USE_TZ = True after all", site{}, func(p *doctor.Patient) { inZone(p, zone("Asia/Tokyo")) }, "time_zone", doctor.Bad, "leave out --time-zone"},
		{"another zone", site{local: zone("Asia/Kolkata")}, func(p *doctor.Patient) { inZone(p, zone("Asia/Tokyo")) }, "time_zone", doctor.Bad, "Asia/Tokyo is not the site's TIME_ZONE"},
		{"the right zone", site{local: zone("Asia/Tokyo")}, func(p *doctor.Patient) { inZone(p, zone("Asia/Tokyo")) }, "time_zone", doctor.Good, ""},
		{"another age", site{age: 30 * 24 * time.Hour}, nil, "cookie_age", doctor.Note, "set session_cookie_age to 2592000"},
		{"a legacy site", site{codec: djsession.CodecOptions{Layout: djsession.LayoutLegacy}}, nil, "time_zone", doctor.Unknown, "too few sessions in the modern layout"},
		{"from the future", site{ahead: 2 * time.Hour}, nil, "future", doctor.Bad, "NTP"},
		{"no table", site{before: exec("DROP TABLE django_session")}, nil, "table", doctor.Bad, "there is no table"},
		{"another table", site{before: exec("CREATE TABLE other (id int)")}, func(p *doctor.Patient) { p.Table = "other" }, "table", doctor.Bad, "lacks session_key, session_data, expire_date"},
		{"a column of its own", site{before: exec("ALTER TABLE django_session ADD COLUMN seen datetime NOT NULL DEFAULT '2026-01-01'")}, nil, "table", doctor.Good, ""},
		{"one that must be filled", site{none: true, before: exec("DROP TABLE django_session; CREATE TABLE django_session (session_key varchar(40) PRIMARY KEY, session_data text, expire_date datetime, ip text NOT NULL)")}, nil, "table", doctor.Note, "ip"},
		{"a foreign key to it", site{before: exec("CREATE TABLE visit (id integer PRIMARY KEY, session_id varchar(40) REFERENCES django_session (session_key))")}, nil, "foreign_keys", doctor.Note, "visit.session_id"},
		{"no index", site{before: exec("DROP INDEX django_session_expire_date_a5c62663")}, nil, "index", doctor.Bad, "CREATE INDEX"},
		{"a delete journal", site{}, nil, "journal_mode", doctor.Note, "wal"},
		{"a write-ahead log", site{before: exec("PRAGMA journal_mode = wal")}, nil, "journal_mode", doctor.Good, ""},
		{"a good cookie", site{}, func(p *doctor.Patient) { p.Cookie = strings.Repeat("a", 32) }, "cookie", doctor.Good, "user 42"},
		{"with its name", site{}, func(p *doctor.Patient) { p.Cookie = "sessionid=" + strings.Repeat("a", 32) }, "cookie_name", doctor.Good, ""},
		{"of another name", site{}, func(p *doctor.Patient) { p.Cookie = "sid=" + strings.Repeat("a", 32) }, "cookie_name", doctor.Bad, "called sid, not sessionid"},
		{"of a session that is not here", site{}, func(p *doctor.Patient) { p.Cookie = djsession.NewKey() }, "cookie", doctor.Bad, "SESSION_ENGINE"},
		{"of signed cookies", site{}, func(p *doctor.Patient) { p.Cookie = "e30:1vN:xyz" }, "cookie", doctor.Bad, "signed_cookies"},
		{"a short one", site{}, func(p *doctor.Patient) { p.Cookie = "x" }, "cookie", doctor.Bad, "8 to 40"},
		{"good logins", site{}, whoSays(), "users", doctor.Good, "of 20 logged-in sessions, 20 are good logins"},
		{"some that are over", site{}, whoSays("no such user", "hash wrong", "hash wrong"), "users", doctor.Note, "17 are good logins, 2: hash wrong, 1: no such user"},
		{"all wrong for one reason", site{}, whoSays(slices.Repeat([]string{"backend not allowed"}, 20)...), "users", doctor.Bad, "authentication_backends lacks"},
		{"two that are over", site{before: exec("DELETE FROM django_session WHERE session_key NOT LIKE 'a%' AND session_key NOT LIKE 'b%'")}, whoSays("hash wrong", "hash wrong"), "users", doctor.Note, "0 are good logins"},
		{"logins that only the site knows", site{}, whoSays(slices.Repeat([]string{"own hash"}, 20)...), "users", doctor.Note, "of 20 only the site itself knows"},
		{"nobody to ask for", site{none: true}, whoSays(), "users", doctor.Unknown, "none of the sessions"},
		{"no table of users", site{}, func(p *doctor.Patient) {
			p.Who = func(context.Context, *djsession.Data) (string, error) {
				return "", errors.New("djsession: there is no such table")
			}
		}, "users", doctor.Bad, "users cannot be looked up: there is no such table"},
		{"a cache", site{}, func(p *doctor.Patient) { p.Unsigned = true }, "secret_key", doctor.Unknown, "not signed"},
		{"code of the site's own", site{}, func(p *doctor.Patient) { p.Lacks = []doctor.Lack{{Found: "it hashes", Advice: "hash too"}} }, "own_code", doctor.Note, "it hashes hash too"},
	} {
		t.Run(row.reason, func(t *testing.T) {
			p := row.site.patient(t)
			if row.change != nil {
				row.change(p)
			}
			r, err := doctor.Examine(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			bad, found := false, false
			for _, f := range r.Findings {
				bad = bad || f.Verdict == doctor.Bad
				if strings.Contains(f.Found+f.Advice, secret) || strings.Contains(f.Found+f.Advice, strings.Repeat("a", 32)) {
					t.Errorf("%s tells a secret", f.Check)
				}
				if f.Check == row.check {
					found = true
					if f.Verdict != row.verdict || !strings.Contains(f.Found+" "+f.Advice, row.says) {
						t.Errorf("got %+v", f)
					}
				}
			}
			if !found {
				t.Errorf("nothing on %s: %+v", row.check, r.Findings)
			}
			if r.Healthy == bad {
				t.Errorf("healthy is %v", r.Healthy)
			}
		})
	}
}

// TestOtherStores has nothing to look at but a cookie.
func TestOtherStores(t *testing.T) {
	store := memstore.New(nil)
	r, err := doctor.Examine(t.Context(), &doctor.Patient{Store: store, Codec: djsession.NewCodec(secret, nil), SecretKey: secret, CookieName: "__Host-sessionid", Now: now})
	if err != nil || !r.Healthy {
		t.Errorf("got %+v, %v", r, err)
	}
}
