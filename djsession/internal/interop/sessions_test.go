package interop

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/pyjson"
)

const secret = "a secret that both sides know"

// contents is a session with what other JSON libraries lose.
const contents = `{"_auth_user_id":"42","cart":[{"sku":"A"},[1,19.0]],"big":123456789012345678901234567890,"float":1e+16,"text":"Zo\u00eb \ud83d\ude00 \u007f <&>","none":null}`

// TestSessionsBothWays has each Django and Go read, change and delete each
// other's sessions in each database, with and without USE_TZ.
func TestSessionsBothWays(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		dj.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
			dj := dj.On(t, db).With(testenv.Settings{"SECRET_KEY": secret})
			dj.Migrate(t)
			for _, zone := range []struct {
				name     string
				settings testenv.Settings
				local    *time.Location
			}{
				{"USE_TZ", testenv.Settings{"USE_TZ": true, "TIME_ZONE": "America/New_York"}, nil},
				{"no USE_TZ", testenv.Settings{"USE_TZ": false, "TIME_ZONE": "America/New_York"}, newYork},
			} {
				t.Run(zone.name, func(t *testing.T) {
					bothWays(t, dj.With(zone.settings), db, zone.local)
				})
			}
		})
	})
}

var newYork, _ = time.LoadLocation("America/New_York")

// storeFor is a store over the database of a Django, writing what that one can
// read.
func storeFor(t *testing.T, dj *testenv.Django, db *testenv.Database, local *time.Location, now func() time.Time) *dbstore.Store {
	conn, dialect := dbtest.Open(t, db)
	opts := &djsession.CodecOptions{}
	if !dj.AtLeast(3, 1) {
		opts.Layout = djsession.LayoutLegacy
	}
	store := dbstore.New(conn, dialect, djsession.NewCodec(secret, opts), &dbstore.Options{Local: local, Now: now})
	t.Cleanup(func() { store.Close() })
	return store
}

func bothWays(t *testing.T, dj *testenv.Django, db *testenv.Database, local *time.Location) {
	now := time.Date(2026, 11, 23, 20, 17, 27, 123456000, time.UTC)
	store := storeFor(t, dj, db, local, func() time.Time { return now })
	dj = dj.At(now)

	tradeSessions(t, dj, store, now)

	t.Run("the second of expiry", func(t *testing.T) {
		for _, fraction := range []time.Duration{0, 250 * time.Millisecond, time.Microsecond} {
			rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: now.Truncate(time.Second).Add(time.Hour + fraction)}
			rec.Data.Set("a", 1)
			if err := store.Create(t.Context(), rec); err != nil {
				t.Fatal(err)
			}
			for _, d := range []time.Duration{-time.Second, -time.Microsecond, 0, time.Microsecond} {
				at := rec.Expires.Add(d)
				_, djangoHas := dj.At(at).Load(t, rec.Key)
				_, err := storeFor(t, dj, db, local, func() time.Time { return at }).Load(t.Context(), rec.Key)
				if goHas := err == nil; goHas != djangoHas || goHas != (d < 0) {
					t.Errorf("%v from an expiry with fraction %v: Django has it: %v; Go: %v", d, fraction, djangoHas, err)
				}
			}
		}
	})
}

// tradeSessions has each side read, change and delete what the other wrote.
func tradeSessions(t *testing.T, dj *testenv.Django, store djsession.Store, now time.Time) {
	t.Run("Django writes", func(t *testing.T) {
		key := dj.Create(t, "", testenv.FromJSON(contents), "")
		rec, err := store.Load(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if text, _ := djsession.JSON.Dumps(nil, rec.Data); string(text) != contents && dj.AtLeast(2, 0) { // Python 2's dicts have no order
			t.Errorf("got %s", text)
		}
		if off := rec.Expires.Sub(now.Add(djsession.DefaultAge)).Abs(); off > time.Second && !rec.Expires.IsZero() {
			t.Errorf("it expires %v off", off)
		}
		rec.Data.Set("from_go", []any{true, 1.0, "é"})
		rec.Expires = now.Add(djsession.DefaultAge)
		if err := store.Update(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
		wantValue(t, dj, key, "from_go", `[true,1.0,"\u00e9"]`)
		wantValue(t, dj, key, "big", "123456789012345678901234567890")
		if m, ok := store.(djsession.Modifier); ok {
			if err := m.Modify(t.Context(), key, func(rec *djsession.Record) error { rec.Data.Set("modified", 1); return nil }); err != nil {
				t.Fatal(err)
			}
			wantValue(t, dj, key, "modified", "1")
		}
		dj.Delete(t, key)
		if _, err := store.Load(t.Context(), key); !errors.Is(err, djsession.ErrNotFound) {
			t.Errorf("deleted by Django: got error %v", err)
		}
		if err := store.Update(t.Context(), rec); !errors.Is(err, djsession.ErrNotFound) {
			t.Errorf("saved after Django deleted it: got error %v", err)
		}
		if dj.Exists(t, key) {
			t.Error("a logout on Django's side was undone")
		}
	})
	t.Run("Go writes", func(t *testing.T) {
		data, err := djsession.JSON.Loads(contents)
		if err != nil {
			t.Fatal(err)
		}
		rec := &djsession.Record{Key: djsession.NewKey(), Data: data, Expires: now.Add(djsession.DefaultAge)}
		if err := store.Create(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
		for name := range data.Names() {
			value, _, _ := djsession.Get[pyjson.Raw](data, name)
			wantValue(t, dj, rec.Key, name, string(value))
		}
		dj.Update(t, rec.Key, `{"from_django": [1.0]}`, "")
		again, err := store.Load(t.Context(), rec.Key)
		if err != nil {
			t.Fatal(err)
		}
		text, err := djsession.JSON.Dumps(nil, again.Data)
		if want := contents[:len(contents)-1] + `,"from_django":[1.0]}`; string(text) != want && dj.AtLeast(2, 0) {
			t.Errorf("after Django's change: got %s (%v)", text, err)
		}
		if err := store.Delete(t.Context(), rec.Key); err != nil {
			t.Fatal(err)
		}
		if dj.Exists(t, rec.Key) {
			t.Error("deleted by Go, but Django has it")
		}
		if _, found := dj.Load(t, rec.Key); found {
			t.Error("deleted by Go, but Django loads it")
		}
	})
}

func wantValue(t *testing.T, dj *testenv.Django, key, name, want string) {
	t.Helper()
	var got string
	dj.Run(t, `
		session = store(args["key"])
		result = json.dumps(session[args["name"]], separators=(",", ":"))
	`, map[string]any{"key": key, "name": name}, &got)
	if got != want {
		t.Errorf("Django has %s for %s, want %s", got, name, want)
	}
}

// TestCodecBothWays has each Django decode what Go encoded, and the other way
// round: all serializable sorts of values, all sizes.
func TestCodecBothWays(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		dj = dj.With(testenv.Settings{"SECRET_KEY": secret})
		for i, layout := range []djsession.Layout{djsession.LayoutModern, djsession.LayoutLegacy} {
			if layout == djsession.LayoutModern && !dj.AtLeast(3, 1) || layout == djsession.LayoutLegacy && dj.AtLeast(4, 0) {
				continue
			}
			codec := djsession.NewCodec(secret, &djsession.CodecOptions{Layout: layout})
			for n := range 40 {
				d := new(djsession.Data)
				for j := range n {
					d.Set(fmt.Sprintf("name %d", j), []any{j, float64(j) / 7, fmt.Sprint(j*i, "é"), nil, j%2 == 0})
				}
				text, err := codec.Encode(d)
				if err != nil {
					t.Fatal(err)
				}
				want, _ := djsession.JSON.Dumps(nil, d)
				var same bool
				dj.Run(t, `
					result = store().decode(args["text"]) == json.loads(args["want"])
				`, map[string]any{"text": text, "want": string(want)}, &same)
				if !same {
					t.Errorf("%v, %d names: Django read something else", layout, n)
				}
				back, err := codec.Decode(dj.Encode(t, testenv.FromJSON(string(want))))
				if err != nil {
					t.Fatal(err)
				}
				if got, _ := djsession.JSON.Dumps(nil, back); string(got) != string(want) && dj.AtLeast(2, 0) {
					t.Errorf("%v, %d names: got %.200s", layout, n, got)
				}
			}
		}
	})
}
