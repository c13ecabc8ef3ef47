package migrate_test

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/manysessions"
	"github.com/djsession/djsession-go/cmd/djsession/internal/migrate"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/pickled"
	"github.com/djsession/djsession-go/djsession/sqldialect"
	"github.com/djsession/djsession-go/pickle"
	"github.com/djsession/djsession-go/signing"

	_ "modernc.org/sqlite" // sqlite
)

const secret, oldSecret = "the current key", "the key before"

var (
	now      = time.Date(2026, 11, 23, 20, 17, 27, 0, time.UTC)
	signedAt = now.Add(-3 * time.Hour)
	expires  = now.Add(time.Hour)
)

// codecs are the ways in which the tests' sessions were written.
var codecs = map[string]*djsession.Codec{
	"modern json":     codec(secret, djsession.CodecOptions{}),
	"modern pickle":   codec(secret, djsession.CodecOptions{Serializer: pickled.New(nil)}),
	"legacy json":     codec(secret, djsession.CodecOptions{Layout: djsession.LayoutLegacy}),
	"legacy pickle":   codec(secret, djsession.CodecOptions{Layout: djsession.LayoutLegacy, Serializer: pickled.New(nil)}),
	"old modern json": codec(oldSecret, djsession.CodecOptions{}),
	"old legacy json": codec(oldSecret, djsession.CodecOptions{Layout: djsession.LayoutLegacy}),
	"unknown json":    codec("nobody knows it", djsession.CodecOptions{}),
}

func codec(key string, opts djsession.CodecOptions) *djsession.Codec {
	opts.Now = func() time.Time { return signedAt }
	return djsession.NewCodec(key, &opts)
}

// A site is a table with sessions, under keys that tell how they were written.
type site struct {
	t     *testing.T
	db    *sql.DB
	store *dbstore.Store
}

func newSite(t *testing.T) *site {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "db.sqlite3")+"?_pragma=synchronous(off)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := manysessions.CreateTable(db, sqldialect.SQLite); err != nil {
		t.Fatal(err)
	}
	store := dbstore.New(db, sqldialect.SQLite, codecs["modern json"], &dbstore.Options{Now: func() time.Time { return now }})
	t.Cleanup(func() { store.Close() })
	return &site{t, db, store}
}

func (s *site) add(written string, namesAndValues ...any) (key string) {
	s.t.Helper()
	key = djsession.NewKey()
	s.addAt(key, written, namesAndValues...)
	return key
}

func (s *site) addAt(key, written string, namesAndValues ...any) {
	s.t.Helper()
	d := new(djsession.Data)
	for i := 0; i < len(namesAndValues); i += 2 {
		d.Set(namesAndValues[i].(string), namesAndValues[i+1])
	}
	store := dbstore.New(s.db, sqldialect.SQLite, codecs[written], nil)
	defer store.Close()
	if err := store.Create(s.t.Context(), &djsession.Record{Key: key, Data: d, Expires: expires}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) run(plan migrate.Plan, opts migrate.Options) *migrate.Report {
	s.t.Helper()
	plan.SecretKey, plan.Fallbacks = secret, []string{oldSecret}
	report, err := migrate.Run(s.t.Context(), s.store, &plan, &opts)
	if err != nil {
		s.t.Fatal(err)
	}
	return report
}

// read returns a session as JSON, and how it is encoded.
func (s *site) read(key string) (string, djsession.Encoding) {
	s.t.Helper()
	reader := djsession.NewCodec(secret, &djsession.CodecOptions{Fallbacks: []string{oldSecret}, AlsoRead: []djsession.Serializer{pickled.New(nil)}})
	store := dbstore.New(s.db, sqldialect.SQLite, reader, &dbstore.Options{Now: func() time.Time { return now }})
	defer store.Close()
	rec, err := store.Load(s.t.Context(), key)
	if err != nil {
		s.t.Fatal(err)
	}
	if !rec.Expires.Equal(expires) {
		s.t.Errorf("the expiry moved to %v", rec.Expires)
	}
	text, err := djsession.JSON.Dumps(nil, rec.Data)
	if err != nil {
		return err.Error(), rec.Encoding
	}
	return string(text), rec.Encoding
}

func set(elems ...any) *pickle.Set {
	s, err := pickle.NewSet(elems...)
	if err != nil {
		panic(err)
	}
	return s
}

func dict(items ...any) *pickle.Dict {
	d := new(pickle.Dict)
	for i := 0; i < len(items); i += 2 {
		if err := d.Set(items[i], items[i+1]); err != nil {
			panic(err)
		}
	}
	return d
}

var berlin = pickle.ZoneInfo{Key: "Europe/Berlin"}

// TestValues converts one value at a time, with all usual rules unless a row
// has its own.
func TestValues(t *testing.T) {
	for _, row := range []struct {
		reason string
		rules  string
		value  any
		want   string // JSON, or the type and rule of the obstacle
	}{
		{"what JSON has stays", "-", dict("a", pickle.NewList(int64(1), 1.0, nil, true, "x")), `{"a":[1,1.0,null,true,"x"]}`},
		{"a datetime with no rule", "-", pickle.DateTime{Year: 2026, Month: 1, Day: 2}, "datetime.datetime datetime=iso"},
		{"a naive datetime", "usual", pickle.DateTime{Year: 2026, Month: 1, Day: 2, Hour: 3}, `"2026-01-02T03:00:00"`},
		{"microseconds only if there are any", "usual", pickle.DateTime{Year: 2026, Month: 1, Day: 2, Microsecond: 40}, `"2026-01-02T00:00:00.000040"`},
		{"UTC is +00:00", "usual", pickle.DateTime{Year: 2026, Month: 1, Day: 2, TZ: pickle.TimeZone{}}, `"2026-01-02T00:00:00+00:00"`},
		{"summer time", "usual", pickle.DateTime{Year: 2026, Month: 7, Day: 2, TZ: berlin}, `"2026-07-02T00:00:00+02:00"`},
		{"the second of two equal hours", "usual", pickle.DateTime{Year: 2026, Month: 10, Day: 25, Hour: 2, Minute: 30, Fold: true, TZ: berlin}, `"2026-10-25T02:30:00+01:00"`},
		{"before there were zones", "usual", pickle.DateTime{Year: 1880, Month: 1, Day: 2, TZ: berlin}, `"1880-01-02T00:00:00+00:53:28"`},
		{"a zone that nobody knows", "usual", pickle.DateTime{Year: 2026, Month: 1, Day: 2, TZ: pickle.ZoneInfo{Key: "Mars/Olympus"}}, "datetime.datetime in a zone that is not known "},
		{"a timestamp", "datetime=timestamp", pickle.DateTime{Year: 1970, Month: 1, Day: 1, Second: 1, Microsecond: 500000, TZ: pickle.TimeZone{}}, "1.5"},
		{"a timestamp takes a zone", "datetime=timestamp", pickle.DateTime{Year: 2026, Month: 1, Day: 2}, "datetime.datetime without a zone datetime=iso"},
		{"a date", "usual", pickle.Date{Year: 987, Month: 1, Day: 2}, `"0987-01-02"`},
		{"a time", "usual", pickle.Time{Hour: 1, Minute: 2, Second: 3, Microsecond: 4}, `"01:02:03.000004"`},
		{"a timedelta", "usual", pickle.TimeDelta{Days: -1, Seconds: 86399, Microseconds: 500000}, "-0.5"},
		{"a decimal keeps its zeros", "usual", pickle.Decimal("1.10"), `"1.10"`},
		{"or becomes a float", "decimal=float", pickle.Decimal("1.10"), "1.1"},
		{"a UUID", "usual", pickle.UUID{15: 5}, `"00000000-0000-0000-0000-000000000005"`},
		{"in hex", "uuid=hex", pickle.UUID{15: 5}, `"00000000000000000000000000000005"`},
		{"a set", "set=list", set(int64(1)), "[1]"},
		{"a set with no rule", "tuple=list", set(int64(1)), "set set=list"},
		{"a set in a tuple", "usual", pickle.Tuple{set("x"), int64(1)}, `[["x"],1]`},
		{"a tuple is no list to who compares it", "-", pickle.Tuple{int64(1)}, "tuple tuple=list"},
		{"bytes", "usual", pickle.Bytes("\xff"), `"/w=="`},
		{"as text", "bytes=text", pickle.Bytes("Zo\u00eb"), `"Zo\u00eb"`},
		{"as text they must be text", "bytes=text", pickle.Bytes("\xff"), "bytes that are no UTF-8 bytes=base64"},
		{"numbers for keys", "usual", dict(int64(7), "x", nil, "y", true, "z", 1.5, "w"), `{"7":"x","null":"y","true":"z","1.5":"w"}`},
		{"with no rule", "tuple=list", dict(int64(7), "x"), "a dict with keys that are no str keys=str"},
		{"keys that collide", "usual", dict(int64(7), "x", "7", "y"), "a dict with keys that JSON takes for the same "},
		{"a tuple for a key", "usual", dict(pickle.Tuple{int64(1)}, "x"), "a dict with a pickle.Tuple for a key "},
		{"safe text", "usual", pickle.SafeString{Text: "<b>", Name: "SafeString"}, `"<b>"`},
		{"a dict that keeps counts", "usual", &pickle.Counter{Dict: *dict("a", int64(2))}, `{"a":2}`},
		{"with no rule", "tuple=list", &pickle.OrderedDict{Dict: *dict("a", int64(2))}, "collections.OrderedDict dict=plain"},
		{"an object of some class", "usual", &pickle.Object{Class: pickle.Class{Module: "shop.models", Name: "Cart"}}, "shop.models.Cart "},
	} {
		s := newSite(t)
		key := s.add("modern pickle", "first", 1, "value", row.value, "last", 2)
		before := s.text(key)
		rules, err := migrate.ParseRules(strings.ReplaceAll(row.rules, "-", ""))
		if err != nil {
			t.Fatal(err)
		}
		report := s.run(migrate.Plan{JSON: true, Rules: rules}, migrate.Options{Write: true})
		if len(report.Obstacles) > 0 {
			o := report.Obstacles[0]
			if got := o.Type + " " + o.Rule; got != row.want {
				t.Errorf("%s: obstacle %s, want %s", row.reason, got, row.want)
			}
			if report.Obstructed != 1 || report.Rewritten != 0 || s.text(key) != before {
				t.Errorf("%s: it was not left alone: %+v", row.reason, report)
			}
			if o.Examples[0].Key != djsession.Fingerprint(key) || !strings.HasPrefix(o.Examples[0].Path, "value") {
				t.Errorf("%s: example %+v", row.reason, o.Examples)
			}
			continue
		}
		got, enc := s.read(key)
		if want := `{"first":1,"value":` + row.want + `,"last":2}`; got != want || enc.Serializer != "json" {
			t.Errorf("%s: got %s (%s), want %s", row.reason, got, enc.Serializer, want)
		}
		if !enc.SignedAt.Equal(signedAt) {
			t.Errorf("%s: the session is of %v now", row.reason, enc.SignedAt)
		}
	}
}

func (s *site) text(key string) (text string) {
	s.t.Helper()
	if err := s.db.QueryRow("SELECT session_data FROM django_session WHERE session_key = ?", key).Scan(&text); err != nil {
		s.t.Fatal(err)
	}
	return text
}

// TestHugeWhenWrittenOut has a small pickle that would fill the memory: lists
// in lists, each many times.
func TestHugeWhenWrittenOut(t *testing.T) {
	v := pickle.NewList()
	for range 40 {
		v = pickle.NewList(v, v, v, v)
	}
	s := newSite(t)
	s.add("modern pickle", "value", v)
	if report := s.run(migrate.Plan{JSON: true}, migrate.Options{Write: true}); report.Obstructed != 1 || len(report.Obstacles) != 1 {
		t.Errorf("got %+v", report)
	}
}

// TestCircular has 44 bytes of a pickle that contains itself, twice: it is
// named at once, and other sessions are migrated.
func TestCircular(t *testing.T) {
	itself := pickle.NewList()
	itself.Items = append(itself.Items, itself, pickle.Tuple{itself})
	s := newSite(t)
	s.add("modern pickle", "itself", itself)
	shared := pickle.NewList(int64(1))
	key := s.add("modern pickle", "a", pickle.NewList(shared, shared))
	report := s.run(migrate.Plan{JSON: true, Rules: migrate.Rules{migrate.Tuple: "list"}}, migrate.Options{Write: true})
	if report.Obstructed != 1 || report.Rewritten != 1 || len(report.Obstacles) != 1 {
		t.Fatalf("got %+v, want one obstacle, and one session written", report)
	}
	if got := report.Obstacles[0]; !strings.Contains(got.Type, "circular") || got.Examples[0].Path != "itself[0]" {
		t.Errorf("got %+v, want a circular value at itself[0]", got)
	}
	if got, _ := s.read(key); !strings.Contains(got, `[[1],[1]]`) {
		t.Errorf("got %s, want a list with a list in two places", got)
	}
}

func TestPlans(t *testing.T) {
	for _, row := range []struct {
		reason  string
		written string
		plan    migrate.Plan
		want    string // layout, serializer and key after it
		result  string // the only counter that is 1
	}{
		{"what is modern stays", "modern json", migrate.Plan{Modern: true}, "modern json 0", "unchanged"},
		{"what is JSON stays", "legacy json", migrate.Plan{JSON: true}, "legacy json 0", "unchanged"},
		{"the layout alone", "legacy pickle", migrate.Plan{Modern: true}, "modern pickle 0", "rewritten"},
		{"the serializer alone", "legacy pickle", migrate.Plan{JSON: true}, "legacy json 0", "rewritten"},
		{"both", "legacy pickle", migrate.Plan{JSON: true, Modern: true}, "modern json 0", "rewritten"},
		{"the key alone", "old legacy json", migrate.Plan{Key: true}, "legacy json 0", "rewritten"},
		{"the key of a modern one", "old modern json", migrate.Plan{Key: true}, "modern json 0", "rewritten"},
		{"an old key is no reason to make it JSON", "old modern json", migrate.Plan{JSON: true}, "modern json 1", "unchanged"},
		{"whatever is written is signed with the current key", "old legacy json", migrate.Plan{Modern: true}, "modern json 0", "rewritten"},
	} {
		s := newSite(t)
		key := s.add(row.written, "a", 1)
		report := s.run(row.plan, migrate.Options{})
		if _, enc := s.read(key); !report.DryRun || describe(enc) != describeWritten(row.written) {
			t.Errorf("%s: the dry run left %s", row.reason, describe(enc))
		}
		wantOne(t, row.reason+", dry", report, row.result)
		report = s.run(row.plan, migrate.Options{Write: true})
		wantOne(t, row.reason, report, row.result)
		if got, enc := s.read(key); got != `{"a":1}` || describe(enc) != row.want {
			t.Errorf("%s: got %s, %s", row.reason, got, describe(enc))
		}
		report = s.run(row.plan, migrate.Options{Write: true})
		wantOne(t, row.reason+", again", report, "unchanged")
	}
}

func wantOne(t *testing.T, reason string, r *migrate.Report, counter string) {
	t.Helper()
	got := map[string]int64{"rewritten": r.Rewritten, "unchanged": r.Unchanged, "obstructed": r.Obstructed, "unreadable": r.Unreadable, "overtaken": r.Overtaken}
	for name, n := range got {
		if (n == 1) != (name == counter) {
			t.Errorf("%s: %s is %d", reason, name, n)
		}
	}
}

func describe(enc djsession.Encoding) string {
	return fmt.Sprint(enc.Layout, " ", enc.Serializer, " ", enc.Key)
}

func describeWritten(written string) string {
	if rest, old := strings.CutPrefix(written, "old "); old {
		return rest + " 1"
	}
	return written + " 0"
}

func hash(password, key string, algorithm signing.Algorithm) string {
	return hex.EncodeToString(signing.SaltedHMAC("django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash", password, key, algorithm))
}

// TestLogins renews the hash of who is logged in, and of nobody else.
func TestLogins(t *testing.T) {
	passwords := map[string]string{"1": "pbkdf2_sha256$1$salt$hash", "2": "!unusable"}
	lookUp := func(_ context.Context, ids []string) (map[string]string, error) {
		found := make(map[string]string)
		for _, id := range ids {
			if p, ok := passwords[id]; ok {
				found[id] = p
			}
		}
		return found, nil
	}
	for _, row := range []struct {
		reason    string
		written   string
		user      any
		hash      string
		plan      migrate.Plan
		passwords migrate.Passwords
		want      string // "" is the hash as it was
		logins    migrate.Logins
	}{
		{"SHA-1 becomes SHA-256", "legacy json", "1", hash(passwords["1"], secret, signing.SHA1), migrate.Plan{Modern: true}, lookUp,
			hash(passwords["1"], secret, signing.SHA256), migrate.Logins{Renewed: 1}},
		{"an old key becomes the current one", "old modern json", "1", hash(passwords["1"], oldSecret, signing.SHA256), migrate.Plan{Key: true}, lookUp,
			hash(passwords["1"], secret, signing.SHA256), migrate.Logins{Renewed: 1}},
		{"and stays SHA-1 for a Django that knows nothing else", "old legacy json", "1", hash(passwords["1"], oldSecret, signing.SHA1), migrate.Plan{Key: true}, lookUp,
			hash(passwords["1"], secret, signing.SHA1), migrate.Logins{Renewed: 1}},
		{"both at once, of an int id", "old legacy json", 2, hash(passwords["2"], oldSecret, signing.SHA1), migrate.Plan{Key: true, Modern: true}, lookUp,
			hash(passwords["2"], secret, signing.SHA256), migrate.Logins{Renewed: 1}},
		{"the text is of today and the hash is not", "modern json", "1", hash(passwords["1"], oldSecret, signing.SHA256), migrate.Plan{Key: true}, lookUp,
			hash(passwords["1"], secret, signing.SHA256), migrate.Logins{Renewed: 1}},
		{"a good hash stays", "legacy json", "1", hash(passwords["1"], secret, signing.SHA256), migrate.Plan{Modern: true}, lookUp, "", migrate.Logins{Current: 1}},
		{"who has changed the password stays logged out", "legacy json", "1", hash("another password", secret, signing.SHA1), migrate.Plan{Modern: true}, lookUp,
			"", migrate.Logins{Over: 1}},
		{"a user who is gone", "legacy json", "3", hash("x", secret, signing.SHA1), migrate.Plan{Modern: true}, lookUp, "", migrate.Logins{Over: 1}},
		{"no users to look up", "legacy json", "1", hash(passwords["1"], secret, signing.SHA1), migrate.Plan{Modern: true}, nil, "", migrate.Logins{Unknown: 1}},
		{"JSON has nothing to do with logins", "legacy pickle", "1", hash(passwords["1"], secret, signing.SHA1), migrate.Plan{JSON: true}, lookUp, "", migrate.Logins{}},
	} {
		s := newSite(t)
		key := s.add(row.written, "_auth_user_id", row.user, "_auth_user_hash", row.hash, "after", 1)
		report := s.run(row.plan, migrate.Options{Write: true, Passwords: row.passwords})
		if report.Logins != row.logins {
			t.Errorf("%s: %+v", row.reason, report.Logins)
		}
		if row.want == "" {
			row.want = row.hash
		}
		user := fmt.Sprintf("%q", row.user)
		if _, number := row.user.(int); number {
			user = fmt.Sprint(row.user)
		}
		if got, _ := s.read(key); got != fmt.Sprintf(`{"_auth_user_id":%s,"_auth_user_hash":%q,"after":1}`, user, row.want) {
			t.Errorf("%s: got %s", row.reason, got)
		}
	}
	s := newSite(t)
	s.add("legacy json", "_auth_user_id", "1", "_auth_user_hash", "x")
	failure := errors.New("no users today")
	_, err := migrate.Run(t.Context(), s.store, &migrate.Plan{Modern: true, SecretKey: secret},
		&migrate.Options{Write: true, Passwords: func(context.Context, []string) (map[string]string, error) { return nil, failure }})
	if !errors.Is(err, failure) {
		t.Errorf("a failed look-up gave %v", err)
	}
}

// TestResume stops after the first ten of 25 sessions and goes on, and meets
// every session.
func TestResume(t *testing.T) {
	key := func(n int) string { return fmt.Sprintf("%06d%026d", n, 0) }
	for _, row := range []struct {
		reason     string
		unreadable int   // the place of the session that stays as it is
		met        []int // how often either run meets it
	}{
		{"seen to before the stop", 3, []int{1, 0}},
		{"the last before the stop: the next run begins with it again", 9, []int{1, 1}},
		{"the first after the stop", 10, []int{0, 1}},
		{"the very last", 24, []int{0, 1}},
	} {
		s := newSite(t)
		for n := range 25 {
			written := "legacy json"
			if n == row.unreadable {
				written = "unknown json"
			}
			s.addAt(key(n), written, "a", 1)
		}
		ctx, cancel := context.WithCancel(t.Context())
		plan := &migrate.Plan{Modern: true, SecretKey: secret}
		report, err := migrate.Run(ctx, s.store, plan, &migrate.Options{Write: true, Batch: 10, Progress: func(done int64) { cancel() }})
		if !errors.Is(err, context.Canceled) || report.Done || report.Rewritten != int64(10-row.met[0]) {
			t.Fatalf("%s: got %+v, %v", row.reason, report, err)
		}
		if report.After != key(9)[:6] {
			t.Errorf("%s: the token is %q", row.reason, report.After)
		}
		rest := s.run(*plan, migrate.Options{Write: true, After: report.After})
		if !rest.Done || report.Rewritten+rest.Rewritten != 24 || rest.After != "" {
			t.Errorf("%s: then %+v", row.reason, rest)
		}
		if report.Unreadable != int64(row.met[0]) || rest.Unreadable != int64(row.met[1]) {
			t.Errorf("%s: unreadable: %d and %d", row.reason, report.Unreadable, rest.Unreadable)
		}
	}
}

// A rival changes sessions between their being read and being written.
type rival struct {
	*dbstore.Store
	meanwhile func()
}

func (r rival) SwapEncoded(ctx context.Context, swaps []djsession.EncodedSwap) ([]bool, error) {
	r.meanwhile()
	return r.Store.SwapEncoded(ctx, swaps)
}

func TestOvertaken(t *testing.T) {
	s := newSite(t)
	changed, deleted, prolonged := s.add("legacy json", "n", 1), s.add("legacy json", "n", 2), s.add("legacy json", "n", 3)
	later := expires.Add(time.Hour)
	meanwhile := func() {
		text, _ := codecs["legacy json"].Encode(new(djsession.Data))
		for _, change := range []struct {
			query string
			args  []any
		}{
			{"UPDATE django_session SET session_data = ? WHERE session_key = ?", []any{text, changed}},
			{"DELETE FROM django_session WHERE session_key = ?", []any{deleted}},
			{"UPDATE django_session SET expire_date = ? WHERE session_key = ?", []any{later.Format(time.DateTime), prolonged}},
		} {
			if _, err := s.db.Exec(change.query, change.args...); err != nil {
				t.Fatal(err)
			}
		}
	}
	report, err := migrate.Run(t.Context(), rival{s.store, meanwhile}, &migrate.Plan{Modern: true, SecretKey: secret}, &migrate.Options{Write: true})
	if err != nil || report.Overtaken != 2 || report.Rewritten != 1 {
		t.Fatalf("got %+v, %v", report, err)
	}
	if got, enc := s.read(changed); got != "{}" || enc.Layout != djsession.LayoutLegacy {
		t.Errorf("a change was lost: %s", got)
	}
	rec, err := s.store.Load(t.Context(), prolonged)
	if err != nil || !rec.Expires.Equal(later) {
		t.Errorf("an expiry was lost: %v, %v", rec, err)
	}
	if _, err := s.store.Load(t.Context(), deleted); !errors.Is(err, djsession.ErrNotFound) {
		t.Errorf("a logout was undone: %v", err)
	}
}

func TestParseRules(t *testing.T) {
	for text, want := range map[string]string{
		"datetime":           `"" is no way to convert datetime: the ways are iso, timestamp`,
		"decimal=json":       `"json" is no way to convert decimal: the ways are str, float`,
		"datetime=iso,money": `"money" is no sort of value: the rules are ` + migrate.AllRules(),
	} {
		if _, err := migrate.ParseRules(text); err == nil || err.Error() != want {
			t.Errorf("%s: got error %v", text, err)
		}
	}
	rules, err := migrate.ParseRules(" usual , decimal=float,")
	if err != nil || rules[migrate.Decimal] != "float" || rules[migrate.Datetime] != "iso" {
		t.Errorf("got %v, %v", rules, err)
	}
}
