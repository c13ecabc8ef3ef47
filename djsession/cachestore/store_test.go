package cachestore_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/filestore"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/djsession/storetest"
	"github.com/djsession/djsession-go/pickle"
	"github.com/djsession/djsession-go/signing"
)

var start = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func still() time.Time { return start }

func TestStore(t *testing.T) {
	storetest.Run(t, storetest.Harness{
		DropsExpired: true,
		NotJSON:      true,
		New: func(_ testing.TB, now func() time.Time) djsession.Store {
			return cachestore.New(newMemory(now), &cachestore.Options{Now: now})
		},
		Limited: func(_ testing.TB, now func() time.Time, maxSize int) (whole, limited djsession.Store) {
			m := newMemory(now)
			return cachestore.New(m, &cachestore.Options{Now: now}), cachestore.New(m, &cachestore.Options{Now: now, MaxSize: maxSize})
		},
	})
}

func TestStoreOfABlindCache(t *testing.T) {
	storetest.Run(t, storetest.Harness{DropsExpired: true, NoExpiry: true, New: func(_ testing.TB, now func() time.Time) djsession.Store {
		return cachestore.New(blind{newMemory(now)}, &cachestore.Options{Now: now, Serializer: cachestore.DjangoJSON})
	}})
}

func TestCachedDB(t *testing.T) {
	var m *memory
	storetest.Run(t, storetest.Harness{
		NotJSON: true,
		New: func(_ testing.TB, now func() time.Time) djsession.Store {
			m = newMemory(now)
			return cachestore.NewCachedDB(memstore.New(&memstore.Options{Now: now}), m, &cachestore.CachedDBOptions{Options: cachestore.Options{Now: now}})
		},
		Limited: func(t testing.TB, now func() time.Time, maxSize int) (whole, limited djsession.Store) {
			dir := t.TempDir()
			m := newMemory(now)
			codec := djsession.NewCodec("a secret", nil)
			open := func(maxSize int) djsession.Store {
				db := filestore.New(dir, codec, &filestore.Options{Now: now, MaxSize: int64(maxSize)})
				return cachestore.NewCachedDB(db, m, &cachestore.CachedDBOptions{Options: cachestore.Options{Now: now}})
			}
			return open(0), open(maxSize)
		},
		Advance: func(testing.TB, djsession.Store, time.Duration) { m.forget() },
	})
}

func TestKeys(t *testing.T) {
	const key = "abcdefghijklmnopqrstuvwxyz012345"
	for _, row := range []struct {
		reason string
		opts   *cachestore.Options
		want   string
	}{
		{"Django's default", nil, ":1:django.contrib.sessions.cache" + key},
		{"a prefix and a version", &cachestore.Options{KeyPrefix: "shop", Version: 3}, "shop:3:django.contrib.sessions.cache" + key},
		{"a custom store's prefix", &cachestore.Options{StorePrefix: "qsessions.q_cached_db"}, ":1:qsessions.q_cached_db" + key},
		{"a function of one's own", &cachestore.Options{KeyPrefix: "p", KeyFunc: func(key, prefix string, version int) string {
			return fmt.Sprintf("%s-%d-%s", prefix, version, key)
		}}, "p-1-django.contrib.sessions.cache" + key},
	} {
		m := newMemory(time.Now)
		rec := &djsession.Record{Key: key, Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
		if err := cachestore.New(m, row.opts).Create(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
		if _, ok := m.values[row.want]; !ok {
			t.Errorf("%s: the key is in %v", row.reason, m.values)
		}
	}
}

// TestLifetimes is SessionBase.get_expiry_age, asked a moment after the
// session's end was reckoned.
func TestLifetimes(t *testing.T) {
	const moment = 3 * time.Millisecond
	for _, row := range []struct {
		reason string
		expiry djsession.Expiry
		end    time.Duration // Expires, from the start; 0 is none
		want   time.Duration
	}{
		{"an age is whole, though a moment has passed", djsession.ExpireDefault, time.Hour, time.Hour},
		{"an age of its own", djsession.ExpireAfter(90 * time.Second), 90 * time.Second, 90 * time.Second},
		{"an instant: seconds are rounded down", djsession.ExpireAt(start.Add(time.Hour)), time.Hour, time.Hour - time.Second},
		{"an instant and a half", djsession.ExpireAt(start.Add(time.Hour + time.Second/2)), time.Hour + time.Second/2, time.Hour},
		{"no Expires: the default age", djsession.ExpireDefault, 0, 14 * 24 * time.Hour},
		{"no Expires, but an age", djsession.ExpireAfter(time.Minute), 0, time.Minute},
		{"no Expires, but an instant", djsession.ExpireAt(start.Add(time.Hour)), 0, time.Hour - time.Second},
		{"until the browser closes: the default age", djsession.ExpireOnClose, 0, 14 * 24 * time.Hour},
		{"past", djsession.ExpireAfter(-time.Minute), -time.Minute, 0},
	} {
		now := start
		m := newMemory(func() time.Time { return now })
		store := cachestore.New(m, &cachestore.Options{Now: m.now})
		rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data)}
		rec.Data.SetExpiry(row.expiry, nil)
		if row.end != 0 {
			rec.Expires = start.Add(row.end)
		}
		now = now.Add(moment)
		if err := store.Create(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
		_, ttl, err := m.GetTTL(t.Context(), ":1:django.contrib.sessions.cache"+rec.Key)
		if ttl != row.want || (err == nil) != (row.want > 0) {
			t.Errorf("%s: lives %v, want %v", row.reason, ttl, row.want)
		}
	}
}

func TestExpiresOfALoadedSession(t *testing.T) {
	at := start.Add(time.Hour)
	for _, row := range []struct {
		reason  string
		blind   bool
		unasked bool
		expiry  djsession.Expiry
		want    time.Time
	}{
		{"the cache tells", false, false, djsession.ExpireAfter(time.Minute), start.Add(time.Minute)},
		{"the cache is not asked", false, true, djsession.ExpireAfter(time.Minute), time.Time{}},
		{"the cache cannot tell, nor can the session", true, false, djsession.ExpireAfter(time.Minute), time.Time{}},
		{"the cache cannot tell, but the session can", true, false, djsession.ExpireAt(at), at},
	} {
		var cache cachestore.Cache = newMemory(still)
		if row.blind {
			cache = blind{cache}
		}
		store := cachestore.New(cache, &cachestore.Options{Now: still, NoExpires: row.unasked})
		rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data)}
		rec.Data.SetExpiry(row.expiry, nil)
		if err := store.Create(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
		got, err := store.Load(t.Context(), rec.Key)
		if err != nil || !got.Expires.Equal(row.want) {
			t.Errorf("%s: expires %v (%v), want %v", row.reason, got.Expires, err, row.want)
		}
	}
}

func TestForeignValues(t *testing.T) {
	list, err := pickle.Marshal([]int{1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	large, err := pickle.Marshal(map[string]string{"a": string(make([]byte, 1<<20))}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		reason, value string
		want          error
	}{
		{"a number", "5", djsession.ErrUndecodable},
		{"nothing", "", djsession.ErrUndecodable},
		{"a pickle of no dict", string(list), djsession.ErrUndecodable},
		{"a pickle cut short", string(large[:1000]), djsession.ErrUndecodable},
		{"a pickle that is too large", string(large), signing.ErrTooLarge},
		{"JSON", `{"a": 1}`, djsession.ErrUnsupportedSerializer},
		{"zlib", "\x78\x9c\x03\x00\x00\x00\x00\x01", djsession.ErrUndecodable},
	} {
		m := newMemory(still)
		store := cachestore.New(m, &cachestore.Options{Now: still, MaxSize: 1 << 16})
		key := djsession.NewKey()
		name := ":1:django.contrib.sessions.cache" + key
		m.put(name, []byte(row.value), time.Hour)
		rec, err := store.Load(t.Context(), key)
		large := row.want == signing.ErrTooLarge
		if errors.Is(err, djsession.ErrCorrupt) == large || errors.Is(err, djsession.ErrTooLarge) != large || !errors.Is(err, row.want) {
			t.Errorf("%s: got error %v", row.reason, err)
		}
		if rec == nil || rec.Key != key || rec.Data.Len() != 0 || !rec.Expires.Equal(start.Add(time.Hour)) {
			t.Errorf("%s: got record %+v", row.reason, rec)
		}
		if m.values[name].value != row.value {
			t.Errorf("%s: reading changed it", row.reason)
		}
		// A change is made of an empty session, as by Django's middleware after
		// a corrupt one.
		err = store.(djsession.Modifier).Modify(t.Context(), key, func(rec *djsession.Record) error {
			rec.Data.Set("a", 1)
			return nil
		})
		if large { // Django can read it, so nothing is
			if !errors.Is(err, djsession.ErrTooLarge) || m.values[name].value != row.value {
				t.Errorf("%s: Modify: got error %v, want ErrTooLarge and no change", row.reason, err)
			}
			continue
		}
		if rec, loadErr := store.Load(t.Context(), key); err != nil || loadErr != nil || rec.Data.Len() != 1 {
			t.Errorf("%s: after a change: %v, %v", row.reason, err, loadErr)
		}
	}
}

// TestOptionalMethods has a store no method that its cache or database has not.
func TestOptionalMethods(t *testing.T) {
	type (
		bare     struct{ djsession.Store }
		modifies struct {
			djsession.Store
			djsession.Modifier
		}
		clears struct {
			djsession.Store
			djsession.ExpiredClearer
		}
		lists struct {
			djsession.Store
			djsession.Lister
		}
	)
	db := memstore.New(nil)
	can := func(s djsession.Store) string {
		_, m := s.(djsession.Modifier)
		_, c := s.(djsession.ExpiredClearer)
		_, l := s.(djsession.Lister)
		return fmt.Sprint(m, c, l)
	}
	for _, db := range []djsession.Store{db, bare{db}, modifies{db, db}, clears{db, db}, lists{db, db},
		struct {
			modifies
			djsession.ExpiredClearer
		}{modifies{db, db}, db},
		struct {
			modifies
			djsession.Lister
		}{modifies{db, db}, db},
		struct {
			clears
			djsession.Lister
		}{clears{db, db}, db},
	} {
		if got, want := can(cachestore.NewCachedDB(db, newMemory(still), nil)), can(db); got != want {
			t.Errorf("before a %T: %s, want %s", db, got, want)
		}
	}
	if got := can(cachestore.New(blind{newMemory(still)}, nil)); got != "false false false" {
		t.Errorf("a blind cache: %s", got)
	}
}
