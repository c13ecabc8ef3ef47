package doctor

import (
	"context"
	"strings"

	"github.com/djsession/djsession-go/djsession/dbstore"
)

// foreignKeys looks for rows of other tables that keep sessions from being
// deleted, and that the settings do not name. Django deletes or changes them
// itself, by the model's on_delete.
func (p *Patient) foreignKeys(ctx context.Context, r *Report) {
	table, ok := p.Store.(interface {
		MissingReferences(ctx context.Context) ([]dbstore.ForeignKey, error)
	})
	if !ok {
		table = dbstore.New(p.DB, p.Dialect, p.Codec, &dbstore.Options{Schema: p.Schema, Table: p.Table})
	}
	missing, err := table.MissingReferences(ctx)
	if err != nil {
		r.add("foreign_keys", Unknown, "this user may not look for foreign keys to the table", "")
		return
	}
	var names []string
	for _, key := range missing {
		names = append(names, key.Table+"."+key.Column)
	}
	if len(names) > 0 {
		r.add("foreign_keys", Note, "foreign keys refer to the table: "+strings.Join(names, ", "),
			"the database refuses to delete a session that has such rows: list them in session_references, and in References of dbstore.Options, with the model's on_delete")
	}
}
