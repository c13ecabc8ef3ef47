package dbtest

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/cachestore/dbcache"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// poolerRows are the drivers of PostgreSQL and their modes, with what the
// documentation of dbstore calls them.
var poolerRows = []struct{ name, driver, params string }{
	{"lib/pq", "postgres", ""},
	{"pgx", "pgx", ""},
	{"pgx, cache_describe", "pgx", "&default_query_exec_mode=cache_describe"},
	{"pgx, describe_exec", "pgx", "&default_query_exec_mode=describe_exec"},
	{"pgx, exec", "pgx", "&default_query_exec_mode=exec"},
	{"pgx, simple_protocol", "pgx", "&default_query_exec_mode=simple_protocol"},
}

var poolerColumns = []struct {
	name    string
	through func(t *testing.T, server *testenv.Server, db *testenv.Database) *testenv.Database
}{
	{"direct", func(_ *testing.T, _ *testenv.Server, db *testenv.Database) *testenv.Database { return db }},
	{"1.18", behindPgBouncer(testenv.PgBouncerOptions{})},
	{"1.26, 0", behindPgBouncer(testenv.PgBouncerOptions{Newer: true})},
	{"1.26, 200", behindPgBouncer(testenv.PgBouncerOptions{Newer: true, MaxPrepared: 200})},
}

func behindPgBouncer(opts testenv.PgBouncerOptions) func(*testing.T, *testenv.Server, *testenv.Database) *testenv.Database {
	return func(t *testing.T, server *testenv.Server, db *testenv.Database) *testenv.Database {
		return testenv.PgBouncer(t, server, opts).Through(t, db)
	}
}

// TestPoolers has many clients do everything at once through each pooler, by
// each driver. What each does to its own sessions, nobody else does: whatever
// is not as it left it was another client's statement. The table in dbstore's
// documentation says the same.
func TestPoolers(t *testing.T) {
	documented, err := os.ReadFile("../../dbstore/dbstore.go")
	if err != nil {
		t.Fatal(err)
	}
	server := testenv.PostgreSQL(t)
	for _, column := range poolerColumns {
		t.Run(column.name, func(t *testing.T) {
			db := server.Database(t)
			direct := OpenDriver(t, "pgx", db.DSN)
			CreateTable(t, direct, db.Vendor)
			CreateCacheTable(t, direct, db.Vendor)
			CreateUsers(t, direct, db.Vendor, "auth_user", "user", "integer")
			InsertUser(t, direct, "auth_user", "1", "alice", "!", "", true, false)
			if _, err := direct.Exec("INSERT INTO auth_user_groups VALUES (1, 2)"); err != nil {
				t.Fatal(err)
			}
			pooled := column.through(t, server, db)
			for _, row := range poolerRows {
				t.Run(row.name, func(t *testing.T) {
					if line := regexp.MustCompile(`\n//\t` + row.name + `( +right){4}\n`); !line.Match(documented) {
						t.Errorf("the table in dbstore's documentation has no row %q that says right", row.name)
					}
					crowd(t, direct, row.driver, pooled.DSN+row.params)
				})
			}
		})
	}
}

// crowd lets two programs with several clients each loose on the database.
func crowd(t *testing.T, direct *sql.DB, driver, dsn string) {
	truth := dbstore.New(direct, sqldialect.PostgreSQL, djsession.NewCodec("a secret", nil), nil)
	var clients sync.WaitGroup
	for range 2 {
		db := OpenDriver(t, driver, dsn)
		c := &client{t: t, truth: truth,
			store: dbstore.New(db, sqldialect.PostgreSQL, djsession.NewCodec("a secret", nil), nil),
			users: dbusers.New(db, sqldialect.PostgreSQL, nil),
			cache: dbcache.New(db, sqldialect.PostgreSQL, "django_cache", nil),
		}
		sessions := djsession.NewManager(c.store, &djsession.Options{Merge: true})
		c.site = sessions.Handler(http.HandlerFunc(c.serve))
		for n := range 5 {
			clients.Go(func() {
				for range 6 {
					c.session(t.Context())
					c.readers(t.Context())
					c.visit(n)
				}
			})
		}
	}
	clients.Wait()
}

// A client is a program.
type client struct {
	t     *testing.T
	truth *dbstore.Store
	store *dbstore.Store
	users *dbusers.Users
	cache *dbcache.Cache
	site  http.Handler
}

func (c *client) check(what string, err error) bool {
	if err != nil {
		c.t.Errorf("%s: %v", what, err)
	}
	return err == nil
}

// session makes a session, changes it, and deletes it.
func (c *client) session(ctx context.Context) {
	rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
	rec.Data.Set("text", `it's a \ and a ?`)
	if !c.check("Create", c.store.Create(ctx, rec)) {
		return
	}
	for n := range 3 {
		found, err := c.store.Load(ctx, rec.Key)
		if c.check("Load", err) && found.Key != rec.Key {
			c.t.Error("Load: another session")
		}
		c.check("Modify", c.store.Modify(ctx, rec.Key, func(r *djsession.Record) error {
			if text, _ := r.Data.Text("text"); text != `it's a \ and a ?` {
				return fmt.Errorf("the text is %q", text)
			}
			r.Data.Set("n", n)
			return nil
		}))
	}
	key := rec.Key
	seen := false
	for listed, err := range c.store.List(ctx, nil) {
		if !c.check("List", err) {
			break
		}
		seen = seen || listed.Key == key
	}
	if !seen {
		c.t.Error("List: a session is not there")
	}
	c.check("Update", c.store.Update(ctx, rec))
	c.check("Delete", c.store.Delete(ctx, key))
	if _, err := c.truth.Load(ctx, key); err != djsession.ErrNotFound {
		c.t.Errorf("Delete: the session is still there: %v", err)
	}
	_, err := c.store.ClearExpired(ctx, nil)
	c.check("ClearExpired", err)
}

// readers ask what is always the same.
func (c *client) readers(ctx context.Context) {
	user, err := c.users.UserByID(ctx, "1")
	if c.check("UserByID", err) && user.Username != "alice" {
		c.t.Errorf("UserByID: user %q", user.Username)
	}
	if user != nil {
		names, err := c.users.Permissions(ctx, user)
		slices.Sort(names)
		if c.check("Permissions", err) && !slices.Equal(names, []string{"shop.change_cart", "shop.view_cart"}) {
			c.t.Errorf("Permissions: got %v", names)
		}
	}
	key := djsession.NewKey()
	c.check("Set", c.cache.Set(ctx, key, []byte(key), time.Hour))
	value, err := c.cache.Get(ctx, key)
	if c.check("Get", err) && string(value) != key {
		c.t.Error("Get: another value")
	}
	if swapped, err := c.store.SwapEncoded(ctx, []djsession.EncodedSwap{{Key: "none", Old: "a", New: "b"}, {Key: "none", Old: "b", New: "c"}}); c.check("SwapEncoded", err) && (swapped[0] || swapped[1]) {
		c.t.Error("SwapEncoded: a session that is not there was changed")
	}
}

func (c *client) serve(w http.ResponseWriter, r *http.Request) {
	s, err := djsession.FromRequest(r)
	if err == nil && r.URL.Path == "/logout" {
		err = s.Flush(r.Context())
	}
	if err != nil {
		djsession.Error(w, r, err)
		return
	}
	if r.URL.Path != "/logout" {
		s.Set(strings.TrimPrefix(r.URL.Path, "/"), "seen")
	}
	io.WriteString(w, "ok")
}

// visit logs in, sees two pages at once, and logs out.
func (c *client) visit(n int) {
	var cookie *http.Cookie
	get := func(path string) {
		r := httptest.NewRequest("GET", path, nil)
		if cookie != nil {
			r.AddCookie(cookie)
		}
		w := httptest.NewRecorder()
		c.site.ServeHTTP(w, r)
		if w.Code != 200 {
			c.t.Errorf("%s: status %d", path, w.Code)
		}
		if cookies := w.Result().Cookies(); cookie == nil && len(cookies) > 0 {
			cookie = cookies[0]
		}
	}
	get("/login")
	if cookie == nil {
		c.t.Error("a login has no cookie")
		return
	}
	var pages sync.WaitGroup
	pages.Go(func() { get("/cart") })
	pages.Go(func() { get(fmt.Sprintf("/page%d", n)) })
	pages.Wait()
	rec, err := c.truth.Load(context.Background(), cookie.Value)
	if c.check("what the pages saved", err) && (!rec.Data.Has("cart") || !rec.Data.Has(fmt.Sprintf("page%d", n)) || !rec.Data.Has("login")) {
		c.t.Errorf("what the pages saved: there is %v", rec.Data.Names())
	}
	get("/logout")
	if _, err := c.truth.Load(context.Background(), cookie.Value); err != djsession.ErrNotFound {
		c.t.Errorf("a logout was answered, and the session is still there: %v", err)
	}
}
