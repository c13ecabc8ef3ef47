package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// TestLoadMany finds what Load does, with each driver.
func TestLoadMany(t *testing.T) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		for _, c := range connections[db.Vendor] {
			t.Run(c.name, func(t *testing.T) {
				conn := OpenDriver(t, c.driver, db.DSN+c.params)
				if _, err := conn.Exec("SELECT 1 FROM django_session"); err != nil {
					CreateTable(t, conn, db.Vendor)
				}
				store := emptyStore(t, conn, c, time.Now).(*dbstore.Store)
				var keys, want []string
				for i, life := range []time.Duration{time.Hour, -time.Hour, time.Hour} {
					rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(life)}
					rec.Data.Set("n", i)
					if err := store.Create(t.Context(), rec); err != nil {
						t.Fatal(err)
					}
					keys = append(keys, rec.Key)
					if life > 0 {
						want = append(want, rec.Key)
					}
				}
				if _, err := conn.Exec("UPDATE django_session SET session_data = 'rotten' WHERE session_key = '" + keys[2] + "'"); err != nil {
					t.Fatal(err)
				}
				keys = append(keys, djsession.NewKey(), strings.ToUpper(keys[0]), "", "x'y")
				var found []string
				corrupt := 0
				for rec, err := range store.LoadMany(t.Context(), keys) {
					if errors.Is(err, djsession.ErrCorrupt) {
						corrupt++
					} else if err != nil {
						t.Fatal(err)
					}
					found = append(found, rec.Key)
				}
				slices.Sort(want)
				slices.Sort(found)
				if !slices.Equal(found, want) || corrupt != 1 {
					t.Errorf("found %d sessions, %d corrupt; want %d, 1 corrupt", len(found), corrupt, len(want))
				}
				for range store.LoadMany(t.Context(), keys) {
					break
				}
				for range store.LoadMany(t.Context(), nil) {
					t.Error("found something for no keys")
				}
				many := slices.Repeat([]string{keys[0]}, 31000)
				for i := range many[1:] {
					many[1+i] = djsession.NewKey()
				}
				n := 0
				for _, err := range store.LoadMany(t.Context(), many) {
					if err != nil {
						t.Fatal(err)
					}
					n++
				}
				if n != 1 {
					t.Errorf("found %d of 31000", n)
				}
				ended, cancel := context.WithCancel(t.Context())
				cancel()
				var failed error
				for rec, err := range store.LoadMany(ended, keys) {
					if rec == nil {
						failed = err
					}
				}
				if failed == nil || strings.Contains(failed.Error(), keys[0]) {
					t.Errorf("a context that is over: got %v", failed)
				}
			})
		}
	})
}

// TestUsersByID finds what UserByID does.
func TestUsersByID(t *testing.T) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		conn, dialect := Open(t, db)
		CreateUsers(t, conn, db.Vendor, "auth_user", "user", "integer")
		InsertUser(t, conn, "auth_user", "1", "alice", "a", "", true, false)
		InsertUser(t, conn, "auth_user", "2", "bob", "b", "", false, false)
		users := dbusers.New(conn, dialect, nil)
		defer users.Close()
		found, err := users.UsersByID(t.Context(), []string{"1", "2", "2", "3", "99999999999", "-1", "x"})
		if err != nil || len(found) != 2 {
			t.Fatalf("got %v, %v", found, err)
		}
		for id, got := range found {
			want, err := users.UserByID(t.Context(), id)
			if err != nil || got.ID != id || got.Username != want.Username || got.Password != want.Password || got.IsActive != want.IsActive {
				t.Errorf("%s: got %v, want %v, %v", id, got, want, err)
			}
		}
		if found, err := users.UsersByID(t.Context(), nil); err != nil || len(found) != 0 {
			t.Errorf("no ids: got %v, %v", found, err)
		}
	})
}

// listener is a connection of pgx that listens.
type listener struct{ conn *pgx.Conn }

func listen(url string) func(ctx context.Context) (djsession.Notifications, error) {
	return func(ctx context.Context) (djsession.Notifications, error) {
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			return nil, err
		}
		if _, err := conn.Exec(ctx, "LISTEN djsession"); err != nil {
			conn.Close(ctx)
			return nil, err
		}
		return listener{conn}, nil
	}
}

func (l listener) Next(ctx context.Context) (string, error) {
	n, err := l.conn.WaitForNotification(ctx)
	if err != nil {
		return "", err
	}
	return n.Payload, nil
}

func (l listener) Close() error { return l.conn.Close(context.Background()) }

// TestNotifyTrigger: PostgreSQL tells of what ends a session, and of nothing
// else, and no payload is a key.
func TestNotifyTrigger(t *testing.T) {
	db := testenv.PostgreSQL(t).Database(t)
	conn, dialect := Open(t, db)
	CreateTable(t, conn, db.Vendor)
	CreateUsers(t, conn, db.Vendor, "auth_user", "user", "integer")
	InsertUser(t, conn, "auth_user", "1", "alice", "a", "", true, false)
	store := dbstore.New(conn, dialect, djsession.NewCodec("secret", nil), nil)
	defer store.Close()
	create, remove := dbstore.NotifyTrigger(nil)
	mustExec(t, conn, create, create) // twice is as once
	channel, err := listen(db.DSN)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer channel.Close()
	session := func(life time.Duration) string {
		rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(life)}
		if err := store.Create(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
		return rec.Key
	}
	deleted, moved, expired := session(time.Hour), session(time.Hour), session(-time.Hour)
	mustExec(t, conn,
		"DELETE FROM django_session WHERE session_key = '"+expired+"'",
		"UPDATE django_session SET session_data = 'x', session_key = session_key",
		"UPDATE auth_user SET last_login = now(), password = password",
		"DELETE FROM django_session WHERE session_key = '"+deleted+"'",
		"UPDATE django_session SET session_key = '"+djsession.NewKey()+"'",
		"UPDATE auth_user SET password = 'b'",
		"DELETE FROM auth_user",
		remove,
		"DELETE FROM django_session", // of which nothing is told any more
		"NOTIFY djsession, 'the end'",
	)
	var got []string
	for len(got) == 0 || got[len(got)-1] != "the end" {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		payload, err := channel.Next(ctx)
		cancel()
		if err != nil {
			t.Fatalf("after %q: %v", got, err)
		}
		got = append(got, payload)
	}
	if want := []string{djsession.Fingerprint(deleted), djsession.Fingerprint(moved), "", "", "the end"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	mustExec(t, conn, "CREATE SCHEMA crm", "CREATE TABLE crm.other (LIKE django_session)")
	create, remove = dbstore.NotifyTrigger(&dbstore.NotifyOptions{Schema: "crm", Table: "other", UsersTable: "-", Channel: "it's"})
	mustExec(t, conn, create, remove)
}

func mustExec(t *testing.T, conn *sql.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := conn.Exec(statement); err != nil {
			t.Fatalf("%v: %s", err, statement)
		}
	}
}

// TestWatchDatabase: a logout and a change of the password end a watch within
// the interval by polling, and at once by PostgreSQL's notifications, also
// after the connection that listens was killed.
func TestWatchDatabase(t *testing.T) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		conn, dialect := Open(t, db)
		CreateTable(t, conn, db.Vendor)
		CreateUsers(t, conn, db.Vendor, "auth_user", "user", "integer")
		InsertUser(t, conn, "auth_user", "1", "alice", "a", "", true, false)
		store, users := dbstore.New(conn, dialect, djsession.NewCodec("secret", nil), nil), dbusers.New(conn, dialect, nil)
		defer store.Close()
		defer users.Close()
		m, login := djsession.NewManager(store, nil), auth.New(users, "secret", nil)
		watch := func(w *djsession.Watcher) (*djsession.Session, context.Context) {
			alice, err := users.UserByID(t.Context(), "1")
			if err != nil {
				t.Fatal(err)
			}
			s := m.New()
			if err := login.Login(t.Context(), s, alice); err != nil {
				t.Fatal(err)
			}
			if err := s.Save(t.Context()); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := w.Watch(t.Context(), s)
			t.Cleanup(cancel)
			time.Sleep(100 * time.Millisecond)
			if ctx.Err() != nil {
				t.Fatalf("ended before: %v", context.Cause(ctx))
			}
			return s, ctx
		}
		// took does something and returns how long the watch goes on after it.
		took := func(ctx context.Context, want error, do func()) time.Duration {
			t.Helper()
			start := time.Now()
			do()
			select {
			case <-ctx.Done():
			case <-time.After(30 * time.Second):
				t.Fatal("the watch goes on")
			}
			if err := context.Cause(ctx); !errors.Is(err, want) {
				t.Errorf("got %v, want %v", err, want)
			}
			return time.Since(start)
		}
		logout := func(s *djsession.Session) func() {
			return func() { mustExec(t, conn, "DELETE FROM django_session WHERE session_key = '"+s.Key()+"'") }
		}
		password := func(p string) func() { return func() { mustExec(t, conn, "UPDATE auth_user SET password = '"+p+"'") } }

		const interval = 300 * time.Millisecond
		polling := djsession.NewWatcher(m, &djsession.WatchOptions{Interval: interval, Judge: login.Judge()})
		defer polling.Close()
		s, ctx := watch(polling)
		t.Logf("polled each %v, a logout ends it after %v", interval, took(ctx, djsession.ErrNotFound, logout(s)))
		_, ctx = watch(polling)
		took(ctx, auth.ReasonHashWrong, password("b"))
		if db.Vendor != "postgresql" {
			return
		}

		create, _ := dbstore.NotifyTrigger(nil)
		mustExec(t, conn, create)
		notified := djsession.NewWatcher(m, &djsession.WatchOptions{Interval: time.Hour, Judge: login.Judge()})
		defer notified.Close()
		listening, stop := context.WithCancel(t.Context())
		stopped := make(chan error, 1)
		go func() { stopped <- notified.Listen(listening, listen(db.DSN)) }()
		s, ctx = watch(notified)
		if d := took(ctx, djsession.ErrNotFound, logout(s)); d > time.Second {
			t.Errorf("notified, a logout ends it after %v", d)
		} else {
			t.Logf("notified, a logout ends it after %v", d)
		}
		_, ctx = watch(notified)
		took(ctx, auth.ReasonHashWrong, password("c"))
		s, ctx = watch(notified)
		took(ctx, djsession.ErrNotFound, func() {
			mustExec(t, conn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN djsession'")
			logout(s)()
		})
		stop()
		if err := <-stopped; err != context.Canceled {
			t.Errorf("stopped: %v", err)
		}
	})
}
