package main

import (
	"errors"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"
	"github.com/djsession/djsession-go/djsession/storetest"
)

const hashed = `CREATE TABLE django_session (session_key varchar(40) NOT NULL PRIMARY KEY, session_data text NOT NULL,
expire_date timestamp with time zone NOT NULL) PARTITION BY HASH (session_key);
CREATE TABLE django_session_0 PARTITION OF django_session FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE django_session_1 PARTITION OF django_session FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE INDEX ON django_session (expire_date)`

// TestPartitionsByKey: django_session by hash of the key is as good as whole.
func TestPartitionsByKey(t *testing.T) {
	storetest.Run(t, storetest.Harness{New: func(t testing.TB, now func() time.Time) djsession.Store {
		conn, dialect := dbtest.Open(t, testenv.PostgreSQL(t).Database(t))
		if _, err := conn.Exec(hashed); err != nil {
			t.Fatal(err)
		}
		store := dbstore.New(conn, dialect, djsession.NewCodec("a secret", nil), &dbstore.Options{Now: now})
		t.Cleanup(func() { store.Close() })
		return store
	}})
}

// TestPartitionsByDate: PostgreSQL has no unique session_key for a table that
// is partitioned by expire_date, and so a session cannot be created: that is an
// outage, and neither a logout nor a session that is there twice.
func TestPartitionsByDate(t *testing.T) {
	conn, dialect := dbtest.Open(t, testenv.PostgreSQL(t).Database(t))
	if _, err := conn.Exec(`CREATE TABLE django_session (session_key varchar(40) NOT NULL, session_data text NOT NULL,
expire_date timestamp with time zone NOT NULL, PRIMARY KEY (session_key, expire_date)) PARTITION BY RANGE (expire_date);
CREATE TABLE django_session_all PARTITION OF django_session DEFAULT`); err != nil {
		t.Fatal(err)
	}
	store := dbstore.New(conn, dialect, djsession.NewCodec("a secret", nil), nil)
	defer store.Close()
	rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
	err := store.Create(t.Context(), rec)
	if !errors.Is(err, djsession.ErrUnavailable) {
		t.Errorf("Create: got error %v, want ErrUnavailable", err)
	}
	if _, err := store.Load(t.Context(), rec.Key); err != djsession.ErrNotFound {
		t.Errorf("Load: got error %v, want ErrNotFound", err)
	}
}

// TestRowBytes measures what bulk reckons with.
func TestRowBytes(t *testing.T) {
	const rows = 20_000
	conn, dialect := dbtest.Open(t, testenv.PostgreSQL(t).Database(t))
	dbtest.CreateTable(t, conn, "postgresql")
	store := dbstore.New(conn, dialect, djsession.NewCodec("a secret", nil), nil)
	defer store.Close()
	if dialect != sqldialect.PostgreSQL {
		t.Fatal(dialect)
	}
	if err := store.Create(t.Context(), login()); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(`INSERT INTO django_session SELECT md5(n::text), session_data, expire_date + n * interval '1 second'
FROM django_session, generate_series(1, $1) n`, rows); err != nil {
		t.Fatal(err)
	}
	var size float64
	if err := conn.QueryRow("SELECT pg_total_relation_size('django_session')").Scan(&size); err != nil {
		t.Fatal(err)
	}
	if got := size / rows; got < 0.75*rowBytes || got > 1.25*rowBytes {
		t.Errorf("a row takes %.0f bytes, want about %d", got, rowBytes)
	}
}
