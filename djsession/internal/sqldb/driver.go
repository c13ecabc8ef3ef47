package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// A manner is how statements are given to a PostgreSQL driver so that each is
// one message to the server. A pooler may give the connection to another client
// between two messages, and then a statement that was prepared runs as the
// other client's.
type manner struct {
	literals bool // values are written into the text: lib/pq sends a text without arguments by itself
	mode     any  // pgx's QueryExecModeExec, to stand before the arguments; nil for none
	deaf     bool // the driver waits for the network whatever the context says
}

// errSteps refuses a driver that can only send a statement in several messages.
var errSteps = errors.New("this driver sends a statement in several messages, which a connection pooler can mix up with those of other clients: " +
	"use github.com/jackc/pgx/v5/stdlib or github.com/lib/pq, or set the driver to PostgreSQL's simple query protocol")

// manner returns how to use the driver. It learns that from the first
// connection.
func (db *DB) manner(ctx context.Context) (*manner, error) {
	if m := db.learned.Load(); m != nil {
		return m, nil
	}
	m, err := apart(ctx, db, func() (*manner, error) { return learn(ctx, db.sql) }, nil)
	if err == nil {
		db.learned.Store(m)
	}
	return m, err
}

func learn(ctx context.Context, db *sql.DB) (*manner, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	var found reflect.Value
	var bare bool
	if err := conn.Raw(func(c any) error { found, bare = knownConn(c); return nil }); err != nil {
		return nil, err
	}
	switch {
	case bare && isPQ(found):
		return &manner{literals: true, deaf: true}, nil
	case bare && isPgx(found):
		return pgxManner(found), nil
	}
	// Behind another package's driver only a trial tells what gets through.
	deaf := !isPgx(found)
	if isPgx(found) {
		mode := execMode(found.Type())
		if tried(ctx, conn, "SELECT CAST($1 AS bigint)", mode, int64(1)) == nil {
			return &manner{mode: mode}, nil
		}
	}
	// Two statements at once are an error but in the protocol for simple
	// queries.
	if err := tried(ctx, conn, "SELECT 1; SELECT 1"); err != nil {
		var refused interface{ SQLState() string }
		if !errors.As(err, &refused) {
			return nil, err
		}
		return nil, fmt.Errorf("%T: %w", db.Driver(), errSteps)
	}
	return &manner{literals: true, deaf: deaf}, nil
}

// tried reports whether a query can be run.
func tried(ctx context.Context, conn *sql.Conn, query string, args ...any) error {
	rows, err := conn.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return rows.Err()
}

const (
	pqPackage  = "github.com/lib/pq"
	pgxPackage = "github.com/jackc/pgx/v5/stdlib"
)

func isPQ(v reflect.Value) bool  { return v.IsValid() && isOf(v.Type(), pqPackage) }
func isPgx(v reflect.Value) bool { return v.IsValid() && isOf(v.Type(), pgxPackage) }

// isOf reports whether a type, or what it points to, is of a package.
func isOf(t reflect.Type, pkg string) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return strings.HasSuffix(t.PkgPath(), pkg)
}

// knownConn returns a driver's connection if that driver is lib/pq or pgx.
// Packages that trace or log put a struct around it, with the connection in one
// of its fields: then bare is false.
func knownConn(c any) (found reflect.Value, bare bool) {
	v := reflect.ValueOf(c)
	for depth := range 10 {
		if isPQ(v) || isPgx(v) {
			return v, depth == 0
		}
		if v = connWithin(v); !v.IsValid() {
			break
		}
	}
	return reflect.Value{}, false
}

var connType = reflect.TypeFor[driver.Conn]()

// connWithin returns the connection that a struct holds, or none.
func connWithin(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return reflect.Value{}
	}
	for i := range v.NumField() {
		field := v.Field(i)
		if !field.Type().Implements(connType) && !reflect.PointerTo(field.Type()).Implements(connType) {
			continue
		}
		if field.Kind() == reflect.Interface {
			field = field.Elem()
		}
		if field.IsValid() {
			return field
		}
	}
	return reflect.Value{}
}

// pgxManner asks pgx to send a statement and its arguments at once, unless it
// is set to write the arguments into the text, which is one message too. Its
// other modes prepare.
func pgxManner(conn reflect.Value) *manner {
	config := conn.MethodByName("Conn").Call(nil)[0].MethodByName("Config").Call(nil)[0]
	if fmt.Sprint(config.Elem().FieldByName("DefaultQueryExecMode")) == "simple protocol" {
		return &manner{}
	}
	return &manner{mode: execMode(conn.Type())}
}

// execMode returns pgx.QueryExecModeExec by way of the type of the driver's
// connection, since pgx is not ours to import.
func execMode(conn reflect.Type) any {
	inner, _ := conn.MethodByName("Conn")
	config, _ := inner.Type.Out(0).MethodByName("Config")
	field, _ := config.Type.Out(0).Elem().FieldByName("DefaultQueryExecMode")
	mode := reflect.New(field.Type).Elem()
	for n := range int64(16) {
		if mode.SetInt(n); fmt.Sprint(mode) == "exec" {
			break
		}
	}
	return mode.Interface()
}
