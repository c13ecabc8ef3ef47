package dbtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// BenchmarkLarge has 32 clients read and save a session of 2 MB each, and
// reports the most memory that they took, as a multiple of all sessions.
func BenchmarkLarge(b *testing.B) {
	const clients, size = 32, 2 << 20
	db := testenv.PostgreSQL(b).Database(b)
	plain, _ := Open(b, db)
	CreateTable(b, plain, db.Vendor)
	random := make([]byte, size/2)
	rand.Read(random)
	value := hex.EncodeToString(random)
	for _, driver := range []string{"postgres", "pgx"} {
		b.Run(driver, func(b *testing.B) {
			conn := OpenDriver(b, driver, db.DSN)
			conn.SetMaxOpenConns(clients)
			conn.SetMaxIdleConns(clients)
			store := dbstore.New(conn, sqldialect.PostgreSQL, djsession.NewCodec("a secret", nil), nil)
			defer store.Close()
			m := djsession.NewManager(store, nil)
			keys := make([]string, clients)
			for i := range keys {
				s := m.New()
				s.Set("value", value)
				if err := s.Save(b.Context()); err != nil {
					b.Fatal(err)
				}
				keys[i] = s.Key()
			}
			ctx, stop := context.WithCancel(b.Context())
			most := make(chan uint64)
			go func() { most <- mostMemory(ctx) }()
			b.ResetTimer()
			b.ReportAllocs()
			for b.Loop() {
				var group sync.WaitGroup
				for i, key := range keys {
					group.Go(func() {
						s, err := m.Open(b.Context(), key)
						if err == nil {
							s.Set("n", i)
							err = s.Save(b.Context())
						}
						if err != nil {
							b.Error(err)
						}
					})
				}
				group.Wait()
			}
			stop()
			b.ReportMetric(float64(<-most)/(clients*size), "times-its-size")
		})
	}
}

// mostMemory watches the memory in use until the context ends.
func mostMemory(ctx context.Context) (most uint64) {
	runtime.GC()
	for ctx.Err() == nil {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		most = max(most, m.HeapInuse)
		time.Sleep(5 * time.Millisecond)
	}
	return most
}
