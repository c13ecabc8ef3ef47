package interop

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/filecache"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"
	"github.com/djsession/djsession-go/djsession/storetest"
)

// A sessionsPackage is one from PyPI with a table of its own.
type sessionsPackage struct {
	module, engine, table, touched string
	newStore                       func(*sql.DB, sqldialect.Dialect, *djsession.Codec, *dbstore.UserOptions) *dbstore.UserStore
}

var sessionsPackages = []sessionsPackage{
	{"user_sessions", "user_sessions.backends.db", "user_sessions_session", "last_activity", dbstore.NewUserSessions},
	{"qsessions", "qsessions.backends.db", "qsessions_session", "updated_at", dbstore.NewQSessions},
}

// TestUserSessionsPackages has django-user-sessions and django-qsessions share
// their tables with Go.
func TestUserSessionsPackages(t *testing.T) {
	for _, series := range []string{"4.2", "6.1"} {
		t.Run("django"+series, func(t *testing.T) {
			dj := testenv.GetDjango(t, series)
			dj.Needs(t, "user_sessions", "qsessions")
			dj = dj.Own(t, testenv.Settings{"INSTALLED_APPS": []string{"django.contrib.auth", "django.contrib.contenttypes",
				"django.contrib.sessions", "user_sessions", "qsessions"}})
			testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
				dj := dj.On(t, db).With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": true})
				dj.Migrate(t)
				for _, pkg := range sessionsPackages {
					t.Run(pkg.module, func(t *testing.T) {
						shareTable(t, dj.With(testenv.Settings{"SESSION_ENGINE": pkg.engine}), db, &pkg)
					})
				}
			})
		})
	}
}

// TestQSessionsCached has qsessions' cached_db and ours share table and cache.
func TestQSessionsCached(t *testing.T) {
	dj := testenv.GetDjango(t, "6.1")
	dj.Needs(t, "qsessions")
	dj = dj.Own(t, testenv.Settings{"INSTALLED_APPS": []string{"django.contrib.auth", "django.contrib.contenttypes", "qsessions"}})
	now := time.Date(2026, 11, 23, 20, 17, 27, 123456000, time.UTC)
	clock := func() time.Time { return now }
	db, dir := testenv.SQLite(t), t.TempDir()
	entry := map[string]any{"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": dir}
	dj = dj.On(t, db).At(now).With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": true, "SESSION_ENGINE": "qsessions.backends.cached_db",
		"CACHES": map[string]any{"default": entry}})
	dj.Migrate(t)
	conn, dialect := dbtest.Open(t, db)
	rows := dbstore.NewQSessions(conn, dialect, djsession.NewCodec(secret, nil), &dbstore.UserOptions{Options: dbstore.Options{Now: clock}})
	defer rows.Close()
	cache := filecache.New(dir, &filecache.Options{Now: clock})
	opts := cachestore.Options{StorePrefix: "qsessions.q_cached_db", Now: clock}
	store := cachestore.NewCachedDB(rows, cache, &cachestore.CachedDBOptions{Options: opts, CacheTimeout: time.Minute})
	inCache := cachestore.New(cache, &opts)

	var key string
	dj.Run(t, `
		from django.contrib.auth.models import User
		User.objects.create(pk=7, username="ann")
		session = store()
		session["_auth_user_id"] = "7"
		session.save()
		result = session.session_key
	`, nil, &key)
	if _, err := inCache.Load(t.Context(), key); err != nil {
		t.Fatalf("what Django saved is not in the cache for us: %v", err)
	}
	m := djsession.NewManager(store, &djsession.Options{Now: clock})
	serve(t, m, key, "192.0.2.7:1", "a browser", func(s *djsession.Session) { s.Set("from_go", 1) })
	var row string
	dj.Run(t, `
		from qsessions.models import Session
		row, session = Session.objects.get(), store(args["key"])
		result = "%s %s %s %s %s" % (row.user_id, row.user_agent, row.ip, session["from_go"], session["_qsessions_ip"])
	`, map[string]any{"key": key}, &row)
	if row != "7 a browser 192.0.2.7 1 192.0.2.7" {
		t.Errorf("Django has %s", row)
	}
	for rec, err := range store.(djsession.UserLister).ListUser(t.Context(), "7", nil) {
		if err != nil || rec.Key != key {
			t.Fatalf("listed something else: %v", err)
		}
		if err := store.Delete(t.Context(), rec.Key); err != nil {
			t.Fatal(err)
		}
	}
	if _, found := dj.Load(t, key); found {
		t.Error("deleted by Go, but Django has it")
	}
}

// A packageRow is what the package's own model says of a session.
type packageRow struct {
	User    *int64
	Agent   *string `json:"agent"`
	IP      *string `json:"ip"`
	Touched int64   // microseconds
	Created *int64
	Data    map[string]any
}

func (r packageRow) String() string {
	text := func(s *string) string {
		if s == nil {
			return "null"
		}
		return fmt.Sprintf("%q", *s)
	}
	user := "nobody"
	if r.User != nil {
		user = fmt.Sprint(*r.User)
	}
	return fmt.Sprintf("user %s, agent %s, ip %s", user, text(r.Agent), text(r.IP))
}

func shareTable(t *testing.T, dj *testenv.Django, db *testenv.Database, pkg *sessionsPackage) {
	now := time.Date(2026, 11, 23, 20, 17, 27, 123456000, time.UTC)
	clock := func() time.Time { return now }
	conn, dialect := dbtest.Open(t, db)
	store := pkg.newStore(conn, dialect, djsession.NewCodec(secret, nil), &dbstore.UserOptions{Options: dbstore.Options{Now: clock}})
	defer store.Close()
	m := djsession.NewManager(store, &djsession.Options{Now: clock})

	row := func(t *testing.T, key string) (r packageRow) {
		t.Helper()
		dj.At(now).Run(t, `
			from importlib import import_module
			Session = import_module(args["module"] + ".models").Session
			row = Session.objects.get(session_key=args["key"])
			created = getattr(row, "created_at", None)
			result = {"User": row.user_id, "agent": row.user_agent, "ip": row.ip, "Touched": micros(getattr(row, args["touched"])),
				"Created": created and micros(created), "Data": store().decode(row.session_data)}
		`, map[string]any{"module": pkg.module, "key": key, "touched": pkg.touched}, &r)
		if r.Touched != now.UnixMicro() {
			t.Errorf("%s is %v, want %v", pkg.touched, time.UnixMicro(r.Touched), now)
		}
		return r
	}
	want := func(t *testing.T, got packageRow, want string) {
		t.Helper()
		if got.String() != want {
			t.Errorf("the row has %v, want %s", got, want)
		}
	}
	users := make([]int64, 2)
	dj.Run(t, `
		from django.contrib.auth.models import User
		result = [User.objects.create(username=args["name"] + str(i)).pk for i in range(2)]
	`, map[string]any{"name": pkg.module}, &users)
	ann, bob := users[0], users[1]

	var key string
	dj.At(now).Run(t, `
		from importlib import import_module
		session = import_module(settings.SESSION_ENGINE).SessionStore(user_agent="Django's", ip="10.1.2.3")
		session["_auth_user_id"] = str(args["ann"])
		session.save()
		result = session.session_key
	`, map[string]any{"ann": ann}, &key)
	created := now

	t.Run("Go saves in a request", func(t *testing.T) {
		now = now.Add(time.Minute)
		serve(t, m, key, "[2001:DB8::1]:4711", "Go's \xe9", func(s *djsession.Session) { s.Set("from_go", 1) })
		r := row(t, key)
		want(t, r, fmt.Sprintf(`user %d, agent "Go's é", ip "2001:db8::1"`, ann))
		if pkg.module == "qsessions" && (r.Created == nil || *r.Created != created.UnixMicro() || r.Data["_qsessions_ip"] != "2001:db8::1" || r.Data["_qsessions_user_agent"] != "Go's é") {
			t.Errorf("created at %v, with %v", r.Created, r.Data)
		}
		// The package compares with what it would write itself: for the same
		// client there is nothing to save.
		var modified bool
		dj.At(now).Run(t, `
			from importlib import import_module
			session = import_module(settings.SESSION_ENGINE).SessionStore(args["key"], user_agent="Go's \u00e9", ip="2001:db8::1")
			assert session["from_go"] == 1
			result = session.modified
		`, map[string]any{"key": key}, &modified)
		if modified {
			t.Error("the package takes the session for changed")
		}
	})
	t.Run("Go saves outside of HTTP", func(t *testing.T) {
		now = now.Add(time.Minute)
		for _, merge := range []bool{false, true} {
			s, err := djsession.NewManager(store, &djsession.Options{Now: clock, Merge: merge}).Open(t.Context(), key)
			if err != nil {
				t.Fatal(err)
			}
			s.Set("_auth_user_id", fmt.Sprint(bob))
			if err := s.Save(t.Context()); err != nil {
				t.Fatal(err)
			}
			want(t, row(t, key), fmt.Sprintf(`user %d, agent "Go's é", ip "2001:db8::1"`, bob))
		}
	})
	var second string
	t.Run("Go creates", func(t *testing.T) {
		long := "A browser with a very long name. "
		for len(long) < 400 {
			long += long
		}
		second = serve(t, m, "", "192.0.2.7:1", long, func(s *djsession.Session) { s.Set("_auth_user_id", fmt.Sprint(ann)) })
		cut := map[string]int{"user_sessions": 200, "qsessions": 300}[pkg.module]
		r := row(t, second)
		want(t, r, fmt.Sprintf(`user %d, agent %q, ip "192.0.2.7"`, ann, long[:cut]))
		if pkg.module == "qsessions" && (r.Created == nil || *r.Created != now.UnixMicro()) {
			t.Errorf("created at %v", r.Created)
		}
		anonymous := serve(t, m, "", "@", "", func(s *djsession.Session) { s.Set("a", 1) })
		want(t, row(t, anonymous), `user nobody, agent "", ip null`)
		if _, found := dj.At(now).Load(t, anonymous); !found {
			t.Error("the package does not find it")
		}
	})
	t.Run("a user's sessions", func(t *testing.T) {
		third := serve(t, m, "", "192.0.2.7:1", "x", func(s *djsession.Session) { s.Set("_auth_user_id", fmt.Sprint(bob)) })
		for user, keys := range map[int64][]string{ann: {second}, bob: {key, third}, 99999: nil} {
			slices.Sort(keys)
			for _, page := range []int{1, 10} {
				var got []string
				for rec, err := range store.ListUser(t.Context(), fmt.Sprint(user), &djsession.ListOptions{State: djsession.StateLive, PageSize: page}) {
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, rec.Key)
				}
				if !slices.Equal(got, keys) {
					t.Errorf("user %d has %d sessions, want %d", user, len(got), len(keys))
				}
			}
		}
	})
	t.Run("deleted by either", func(t *testing.T) {
		dj.At(now).Delete(t, key)
		if _, err := store.Load(t.Context(), key); !errors.Is(err, djsession.ErrNotFound) {
			t.Errorf("got error %v", err)
		}
		if err := store.Delete(t.Context(), second); err != nil {
			t.Fatal(err)
		}
		if dj.Exists(t, second) {
			t.Error("deleted by Go, but the package has it")
		}
	})
	t.Run("storetest", func(t *testing.T) {
		if dj.Series != "6.1" {
			return // it asks nothing of Django
		}
		users := [3]string{fmt.Sprint(ann), fmt.Sprint(bob), "99999"}
		storetest.Run(t, storetest.Harness{UserIDs: users, New: func(t testing.TB, now func() time.Time) djsession.Store {
			if _, err := conn.Exec("DELETE FROM " + pkg.table); err != nil {
				t.Fatal(err)
			}
			store := pkg.newStore(conn, dialect, djsession.NewCodec(secret, nil), &dbstore.UserOptions{Options: dbstore.Options{Now: now}})
			t.Cleanup(func() { store.Close() })
			return store
		}})
	})
}

// serve has a request change its session, and returns the session's key.
func serve(t *testing.T, m *djsession.Manager, key, remote, agent string, view func(s *djsession.Session)) string {
	t.Helper()
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = remote
	if agent != "" {
		r.Header.Set("User-Agent", agent)
	}
	if key != "" {
		r.Header.Set("Cookie", "sessionid="+key)
	}
	w := httptest.NewRecorder()
	m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := djsession.FromRequest(r)
		if err != nil {
			t.Error(err)
			return
		}
		view(s)
		io.WriteString(w, "done")
		key = s.Key() // what began the response has saved it
	})).ServeHTTP(w, r)
	if w.Code != 200 {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	return key
}
