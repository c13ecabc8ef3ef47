package dbtest

import (
	"database/sql"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// TestStatements: who it is costs two queries, prepared at the first request;
// permissions cost one more, and only who asks for them.
func TestStatements(t *testing.T) {
	file := testenv.SQLite(t)
	_, cookie := whoService(t, file) // which makes the tables and logs alice in
	plain, _ := Open(t, file)
	rec := &recorder{under: plain.Driver(), dsn: file.DSN}
	db := sql.OpenDB(rec)
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	login := auth.New(dbusers.New(db, sqldialect.SQLite, nil), "a secret", nil)
	sessions := djsession.NewManager(dbstore.New(db, sqldialect.SQLite, djsession.NewCodec("a secret", nil), nil), nil)
	ok := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { auth.FromRequest(r) })
	serve := func(h http.Handler) string {
		r := httptest.NewRequest("GET", "/", nil)
		r.AddCookie(cookie)
		w := httptest.NewRecorder()
		sessions.Handler(h).ServeHTTP(w, r)
		if w.Code != 200 {
			t.Errorf("status %d", w.Code)
		}
		return rec.take()
	}
	if got := serve(login.RequireUser(ok)); got != "prepare django_session, run django_session, prepare auth_user, run auth_user" {
		t.Errorf("first: %s", got)
	}
	for range 3 {
		if got := serve(login.RequireUser(login.Handler(ok))); got != "run django_session, run auth_user" {
			t.Errorf("then: %s", got)
		}
	}
	if got := serve(login.RequirePermission(ok, "no.such")); got != "run django_session, run auth_user" {
		t.Errorf("a superuser's permission: %s", got)
	}
	if _, err := plain.Exec("UPDATE auth_user SET is_superuser = false"); err != nil {
		t.Fatal(err)
	}
	if _, err := plain.Exec("INSERT INTO auth_user_groups VALUES (1, 2)"); err != nil {
		t.Fatal(err)
	}
	if got := serve(login.RequirePermission(login.RequirePermission(ok, "shop.change_cart"), "shop.view_cart", "shop.change_cart")); got !=
		"run django_session, run auth_user, prepare auth_permission, run auth_permission" {
		t.Errorf("permissions: %s", got)
	}
	if got := serve(login.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))); got != "" {
		t.Errorf("who does not ask: %s", got)
	}
}
