package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// TestUsers has users found and changed in each database by each driver.
func TestUsers(t *testing.T) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		for i, c := range connections[db.Vendor] {
			t.Run(c.name, func(t *testing.T) {
				conn := OpenDriver(t, c.driver, db.DSN+c.params)
				if i == 0 {
					CreateUsers(t, conn, db.Vendor, "auth_user", "user", "integer")
				}
				testUsers(t, conn, c)
			})
		}
	})
}

func testUsers(t *testing.T, conn *sql.DB, c connection) {
	for _, table := range []string{"auth_user", "auth_user_groups", "auth_user_user_permissions"} {
		if _, err := conn.Exec("DELETE FROM " + table); err != nil {
			t.Fatal(err)
		}
	}
	InsertUser(t, conn, "auth_user", "1", "alice", "pbkdf2_sha256$Alice", "2026-05-06 07:08:09", true, true)
	InsertUser(t, conn, "auth_user", "2", "bob", "!", "", true, false)
	InsertUser(t, conn, "auth_user", "3", "O'dave", "", "", false, false)
	users := dbusers.New(conn, c.dialect, &dbusers.Options{Local: c.options.Local, Unprepared: c.options.Unprepared})
	t.Cleanup(func() { users.Close() })
	for range 3 { // prepared, and prepared before
		testFind(t, users, c)
	}
	testChanges(t, users, c)
	testPermissions(t, users, conn)
	testDevices(t, users, conn)
	testEmail(t, users, conn)
}

// testEmail finds those who may reset their passwords.
func testEmail(t *testing.T, users *dbusers.Users, conn *sql.DB) {
	for _, statement := range []string{"UPDATE auth_user SET email = 'Alice@Example.com', is_active = TRUE", "UPDATE auth_user SET password = '!x' WHERE id = 2"} {
		if _, err := conn.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	for address, want := range map[string]string{"alice@example.COM": "1 3", "alic@example.com": "", "%": "", "alíce@example.com": "", "": "", "\x00": "", "\xff": ""} {
		found, err := users.UsersByEmail(t.Context(), address)
		var ids []string
		for _, u := range found {
			ids = append(ids, u.ID)
		}
		slices.Sort(ids)
		if got := strings.Join(ids, " "); got != want || err != nil {
			t.Errorf("address %q: %s, %v, want %s", address, got, err, want)
		}
	}
}

// testDevices asks for devices of django-otp: of whom, confirmed or not, and of
// which model.
func testDevices(t *testing.T, users *dbusers.Users, conn *sql.DB) {
	for _, statement := range []string{
		"DROP TABLE IF EXISTS otp_totp_totpdevice",
		"CREATE TABLE otp_totp_totpdevice (id bigint NOT NULL PRIMARY KEY, user_id integer NOT NULL, confirmed boolean NOT NULL)",
		"INSERT INTO otp_totp_totpdevice (id, user_id, confirmed) VALUES (1, 1, TRUE), (2, 1, FALSE), (3, 2, TRUE)",
	} {
		if _, err := conn.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	alice := &auth.User{ID: "1"}
	for id, want := range map[string]bool{"1": true, "2": false, "3": false, "4": false, "0": false, "-1": false, "": false, "1 OR 1=1": false,
		"9223372036854775807": false, "9223372036854775808": false} {
		if got, err := users.HasDevice(t.Context(), alice, "otp_totp.totpdevice", id); got != want || err != nil {
			t.Errorf("device %q: %v, %v, want %v", id, got, err, want)
		}
	}
	for _, model := range []string{"auth.user", "otp_totp.totpdevice; DROP TABLE auth_user", ""} {
		if got, err := users.HasDevice(t.Context(), alice, model, "1"); got || err == nil {
			t.Errorf("model %q: %v, %v", model, got, err)
		}
	}
	if got, err := users.HasDevice(t.Context(), alice, "otp_hotp.hotpdevice", "1"); got || !errors.Is(err, djsession.ErrUnavailable) {
		t.Errorf("a table that is not there: %v, %v", got, err)
	}
}

func testFind(t *testing.T, users *dbusers.Users, c connection) {
	alice, err := users.UserByID(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	zone := time.UTC
	if c.options.Local != nil && c.dialect != sqldialect.PostgreSQL { // which keeps instants
		zone = c.options.Local
	}
	want := auth.User{ID: "1", Username: "alice", Password: "pbkdf2_sha256$Alice", IsActive: true, IsStaff: true, IsSuperuser: true, FirstName: "Zoë",
		LastName: "O", LastLogin: time.Date(2026, 5, 6, 7, 8, 9, 0, zone), DateJoined: time.Date(2026, 1, 2, 3, 4, 5, 6000, zone)}
	got := *alice
	if !got.LastLogin.Equal(want.LastLogin) || !got.DateJoined.Equal(want.DateJoined) {
		t.Errorf("got %v and %v", got.LastLogin, got.DateJoined)
	}
	got.LastLogin, got.DateJoined = want.LastLogin, want.DateJoined
	if got != want {
		t.Errorf("got %+v", got)
	}
	dave, err := users.UserByName(t.Context(), "O'dave")
	if err != nil || dave.ID != "3" || dave.IsActive || dave.IsStaff || dave.IsSuperuser || dave.Password != "" || !dave.LastLogin.IsZero() {
		t.Errorf("got %+v, %v", dave, err)
	}
	for _, id := range []string{"4", "-1", "0", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "170141183460469231731687303715884105727",
		"", "abc", "1 OR 1=1", "1\x00"} {
		if u, err := users.UserByID(t.Context(), id); u != nil || err != auth.ReasonNoSuchUser {
			t.Errorf("id %q: got %v, %v", id, u, err)
		}
	}
	for _, name := range []string{"", "nobody", "' OR '1'='1", "alice\x00", "\xff", strings.Repeat("x", 1<<20), "\u0000"} {
		if u, err := users.UserByName(t.Context(), name); u != nil || err != auth.ReasonNoSuchUser {
			t.Errorf("name %.20q: got %v, %v", name, u, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := users.UsersByEmail(ctx, "a@example.com"); !errors.Is(err, djsession.ErrUnavailable) {
		t.Errorf("cancelled: got %v", err)
	}
	if _, err := users.UserByID(ctx, "1"); !errors.Is(err, djsession.ErrUnavailable) || errors.Is(err, auth.ErrNotLoggedIn) {
		t.Errorf("cancelled: got %v", err)
	}
}

func testChanges(t *testing.T, users *dbusers.Users, c connection) {
	at := time.Date(2026, 11, 23, 20, 17, 27, 123456789, time.UTC)
	bob, err := users.UserByID(t.Context(), "2")
	if err != nil {
		t.Fatal(err)
	}
	if err := users.RecordLogin(t.Context(), bob, at); err != nil {
		t.Fatal(err)
	}
	stale := *bob
	if err := users.SetPassword(t.Context(), bob, "pbkdf2_sha256$Bob"); err != nil || bob.Password != "pbkdf2_sha256$Bob" {
		t.Fatal(err)
	}
	if err := users.UpgradePassword(t.Context(), &stale, "must not be stored"); err != nil {
		t.Fatal(err)
	}
	stale.Password = "PBKDF2_sha256$bob"
	if err := users.UpgradePassword(t.Context(), &stale, "must not be stored either"); err != nil {
		t.Fatal(err)
	}
	found, err := users.UserByName(t.Context(), "bob")
	if err != nil || found.Password != bob.Password || !found.LastLogin.Equal(at.Truncate(time.Microsecond)) {
		t.Errorf("got %v, %s, %v", found.LastLogin, string(found.Password), err)
	}
	if err := users.UpgradePassword(t.Context(), bob, "argon2$x"); err != nil {
		t.Fatal(err)
	}
	if found, err := users.UserByID(t.Context(), "2"); err != nil || found.Password != "argon2$x" {
		t.Errorf("got %v, %v", found, err)
	}
	if alice, err := users.UserByID(t.Context(), "1"); err != nil || alice.Password != "pbkdf2_sha256$Alice" {
		t.Errorf("somebody else's password was changed: %v", err)
	}
	if err := users.SetPassword(t.Context(), &auth.User{ID: "x"}, "y"); err != auth.ReasonNoSuchUser {
		t.Errorf("got %v", err)
	}
}

func testPermissions(t *testing.T, users *dbusers.Users, conn *sql.DB) {
	for _, statement := range []string{"INSERT INTO auth_user_user_permissions VALUES (2, 4), (2, 1), (3, 1)", "INSERT INTO auth_user_groups VALUES (2, 2), (2, 1)"} {
		if _, err := conn.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		of                       auth.User
		all, own, grouped, clubs string
	}{
		{auth.User{ID: "1", IsSuperuser: true}, "[auth.delete_user auth.view_user shop.change_cart shop.view_cart]", "[]", "[]", "[]"},
		{auth.User{ID: "2"}, "[auth.delete_user auth.view_user shop.change_cart shop.view_cart]", "[auth.delete_user shop.view_cart]",
			"[auth.view_user shop.change_cart shop.view_cart]", "[Clerks editors]"},
		{auth.User{ID: "3"}, "[shop.view_cart]", "[shop.view_cart]", "[]", "[]"},
		{auth.User{ID: "99"}, "[]", "[]", "[]", "[]"},
	} {
		for want, ask := range map[*string]func(context.Context, *auth.User) ([]string, error){
			&c.all: users.Permissions, &c.own: users.UserPermissions, &c.grouped: users.GroupPermissions, &c.clubs: users.Groups,
		} {
			got, err := ask(t.Context(), &c.of)
			slices.Sort(got)
			if fmt.Sprint(got) != *want || err != nil {
				t.Errorf("user %s: got %v, %v; want %s", c.of.ID, got, err, *want)
			}
		}
	}
}

// TestCustomUsers has a table of UUIDs that calls things by other names, lacks
// some, and has more.
func TestCustomUsers(t *testing.T) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		const uuid = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
		stored := uuid
		if db.Vendor != "postgresql" {
			stored = strings.ReplaceAll(uuid, "-", "")
		}
		for _, c := range connections[db.Vendor] {
			t.Run(c.name, func(t *testing.T) {
				conn := OpenDriver(t, c.driver, db.DSN+c.params)
				conn.Exec("DROP TABLE member") // of the driver before
				for _, statement := range []string{
					strings.ReplaceAll("CREATE TABLE member (uid {uuid} NOT NULL PRIMARY KEY, phone bigint NOT NULL, pass varchar(128) NULL, tenant integer NULL, plan varchar(9))",
						"{uuid}", userTypes[db.Vendor]["uuid"]),
					"INSERT INTO member VALUES ('" + stored + "', 491700000000, NULL, 7, 'gold')",
				} {
					if _, err := conn.Exec(statement); err != nil {
						t.Fatal(err)
					}
				}
				testCustomUsers(t, conn, c.dialect, uuid)
			})
		}
	})
}

func testCustomUsers(t *testing.T, conn *sql.DB, dialect sqldialect.Dialect, uuid string) {
	type profile struct {
		tenant sql.NullInt64
		plan   string
	}
	none := dbusers.None
	users := dbusers.New(conn, dialect, &dbusers.Options{
		Table: "member",
		PK:    auth.PKUUID,
		Columns: dbusers.Columns{ID: "uid", Username: "phone", Password: "pass", LastLogin: none, IsSuperuser: none, IsStaff: none, IsActive: none, Email: none,
			FirstName: none, LastName: none, DateJoined: none},
		Extra: []string{"tenant", "plan"},
		ScanExtra: func(u *auth.User) []any {
			p := new(profile)
			u.Extra = p
			return []any{&p.tenant, &p.plan}
		},
	})
	t.Cleanup(func() { users.Close() })
	byID, err := users.UserByID(t.Context(), uuid)
	if err != nil {
		t.Fatal(err)
	}
	byName, err := users.UserByName(t.Context(), "491700000000")
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range []*auth.User{byID, byName} {
		if p := u.Extra.(*profile); p.tenant.Int64 != 7 || p.plan != "gold" {
			t.Errorf("got %+v", p)
		}
		u.Extra = nil
		if *u != (auth.User{ID: uuid, Username: "491700000000", IsActive: true}) {
			t.Errorf("got %+v", u)
		}
	}
	for _, id := range []string{"", "42", "f81d4fae-7dec-11d0-a765-00a0c91e6bf7", "zzzzzzzz-7dec-11d0-a765-00a0c91e6bf6"} {
		if _, err := users.UserByID(t.Context(), id); err != auth.ReasonNoSuchUser {
			t.Errorf("%q: got %v", id, err)
		}
	}
	if err := users.RecordLogin(t.Context(), byID, time.Now()); err != nil {
		t.Error(err)
	}
	if err := users.SetPassword(t.Context(), byID, "x"); err != nil {
		t.Error(err)
	}
	if u, err := users.UserByID(t.Context(), uuid); err != nil || u.Password != "x" {
		t.Errorf("got %v, %v", u, err)
	}
	// Who forgets to say that keys are UUIDs is told so, before somebody is
	// logged in under no id at all.
	forgot := dbusers.New(conn, dialect, &dbusers.Options{Table: "member", Columns: dbusers.Columns{ID: "uid", Username: "phone", Password: "pass",
		LastLogin: none, IsSuperuser: none, IsStaff: none, IsActive: none, Email: none, FirstName: none, LastName: none, DateJoined: none}})
	t.Cleanup(func() { forgot.Close() })
	if u, err := forgot.UserByName(t.Context(), "491700000000"); u != nil || err == nil || errors.Is(err, auth.ErrNotLoggedIn) {
		t.Errorf("the wrong kind of key: got %v, %v", u, err)
	}
}

// TestUsersErrors says what is wrong with a table, as an outage, and shows
// nobody's name or hash.
func TestUsersErrors(t *testing.T) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		conn, dialect := Open(t, db)
		users := dbusers.New(conn, dialect, nil)
		t.Cleanup(func() { users.Close() })
		check := func(err error, want string) {
			t.Helper()
			var e *sqldialect.Error
			if !errors.As(err, &e) || e.Problem.String() != want || !errors.Is(err, djsession.ErrUnavailable) || errors.Is(err, auth.ErrNotLoggedIn) {
				t.Errorf("got %v, want %s", err, want)
			}
			if err != nil && (strings.Contains(err.Error(), "alice") || strings.Contains(err.Error(), "pbkdf2")) {
				t.Errorf("the error shows too much: %v", err)
			}
		}
		_, err := users.UserByName(t.Context(), "alice")
		check(err, "there is no such table")
		_, err = users.Permissions(t.Context(), &auth.User{ID: "1"})
		check(err, "there is no such table")
		check(users.SetPassword(t.Context(), &auth.User{ID: "1"}, "pbkdf2$x"), "there is no such table")
		if _, err := conn.Exec("CREATE TABLE auth_user (id integer NOT NULL PRIMARY KEY)"); err != nil {
			t.Fatal(err)
		}
		_, err = users.UserByName(t.Context(), "alice")
		check(err, "the table lacks a column")
	})
}
