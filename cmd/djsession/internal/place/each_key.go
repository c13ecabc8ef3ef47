package place

import (
	"context"
	"database/sql"
	"errors"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/djsession"
)

// EachKey visits all session keys.
func (b *Place) EachKey(ctx context.Context, visit func(key string)) error {
	if b.DB == nil {
		lister, ok := b.Store.(djsession.Lister)
		if !ok {
			return ErrNotListed
		}
		for rec, err := range lister.List(ctx, nil) {
			if rec == nil {
				return err
			}
			visit(rec.Key)
		}
		return nil
	}
	rows, err := b.DB.QueryContext(ctx, "SELECT "+b.Dialect.Quote("session_key")+" FROM "+b.Table)
	if err != nil {
		return b.fail("list", err)
	}
	defer rows.Close()
	var key sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&key); err != nil {
			return b.fail("list", err)
		}
		visit(string(key))
	}
	return b.fail("list", rows.Err())
}

// ErrNotListed is for commands that walk through all sessions.
var ErrNotListed = fail.Hint(errors.New("this store cannot list its sessions"),
	"memcached, FileBasedCache and DatabaseCache tell a session only to who has its key; with cached_db --store is the database, which can list them")
