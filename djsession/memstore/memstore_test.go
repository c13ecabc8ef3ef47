package memstore_test

import (
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/djsession/storetest"
)

var harness = storetest.Harness{
	New: func(_ testing.TB, now func() time.Time) djsession.Store {
		return memstore.New(&memstore.Options{Now: now})
	},
}

func TestStore(t *testing.T) { storetest.Run(t, harness) }

func BenchmarkStore(b *testing.B) { storetest.Benchmark(b, harness) }
