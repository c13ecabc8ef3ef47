package storetest_test

import (
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/djsession/storetest"
)

func ExampleRun() {
	// In the tests of a store:
	_ = func(t *testing.T) {
		storetest.Run(t, storetest.Harness{
			New: func(_ testing.TB, now func() time.Time) djsession.Store {
				return memstore.New(&memstore.Options{Now: now})
			},
		})
	}
}
