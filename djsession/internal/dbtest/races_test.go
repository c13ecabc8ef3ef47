package dbtest

import (
	"errors"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// TestModifyGivesUp loses every race: each time the session is changed, it has
// been changed meanwhile. Modify ends with an error, and does not go on for
// ever.
func TestModifyGivesUp(t *testing.T) {
	db := testenv.SQLite(t)
	conn := OpenDriver(t, "sqlite", db.DSN+"?_pragma=busy_timeout(10000)&_pragma=synchronous(0)&_pragma=journal_mode(memory)")
	CreateTable(t, conn, "sqlite")
	CreateCacheTable(t, conn, "sqlite")
	for name, store := range map[string]djsession.Store{
		"dbstore":  dbstore.New(conn, sqldialect.SQLite, djsession.NewCodec("a secret", nil), nil),
		"dbcache":  cachestore.New(newCache(t, conn, connections["sqlite"][0], time.Now), nil),
		"memstore": memstore.New(nil),
	} {
		t.Run(name, func(t *testing.T) {
			rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
			if err := store.Create(t.Context(), rec); err != nil {
				t.Fatal(err)
			}
			calls := 0
			err := store.(djsession.Modifier).Modify(t.Context(), rec.Key, func(mine *djsession.Record) error {
				calls++
				rec.Data.Set("n", calls)
				mine.Data.Set("mine", true)
				return store.Update(t.Context(), rec)
			})
			if !errors.Is(err, djsession.ErrUnavailable) || calls < 100 || calls > 10_000 {
				t.Errorf("got error %v after %d races, want ErrUnavailable after some", err, calls)
			}
			if now, err := store.Load(t.Context(), rec.Key); err != nil || now.Data.Has("mine") {
				t.Errorf("got %v, %v; what lost its races was stored", now, err)
			}
		})
	}
}
