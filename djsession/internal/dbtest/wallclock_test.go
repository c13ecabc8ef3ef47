package dbtest

import (
	"fmt"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// TestListByWallClock: what Django writes without USE_TZ can be a time that no
// clock showed, or one that it showed twice. Lists in pages meet each of them
// once all the same.
func TestListByWallClock(t *testing.T) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		if db.Vendor == "postgresql" {
			t.Skip("knows instants")
		}
		conn, dialect := Open(t, db)
		CreateTable(t, conn, db.Vendor)
		codec := djsession.NewCodec("a secret", nil)
		store := dbstore.New(conn, dialect, codec, &dbstore.Options{Local: newYork})
		defer store.Close()
		const rows = 20
		for i := range rows {
			hour := []string{"2024-03-10 02:%02d:00", "2024-11-03 01:%02d:00"}[i%2] // left out, and twice
			if _, err := conn.Exec("INSERT INTO django_session VALUES (?, '', ?)", djsession.NewKey(), fmt.Sprintf(hour, i)); err != nil {
				t.Fatal(err)
			}
		}
		for _, order := range []djsession.Order{djsession.OrderByKey, djsession.OrderByExpiry, djsession.OrderByExpiryDescending, djsession.OrderAny} {
			for _, page := range []int{1, 3, 100} {
				met := make(map[string]int)
				n := 0
				for text, err := range store.ListEncoded(t.Context(), &djsession.ListOptions{Order: order, PageSize: page}) {
					if err != nil {
						t.Fatal(err)
					}
					met[text.Key]++
					if n++; n > 2*rows {
						break
					}
				}
				if n != rows || len(met) != rows {
					t.Errorf("order %v in pages of %d: met %d times %d sessions, want %d once", order, page, n, len(met), rows)
				}
			}
		}
	})
}
