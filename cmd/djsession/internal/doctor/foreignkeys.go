package doctor

import (
	"context"
	"strings"

	"github.com/djsession/djsession-go/djsession/dbstore"
)

// foreignKeys looks for rows of other tables that keep sessions from being
// deleted. Django deletes or changes them itself, by the model's on_delete.
func (p *Patient) foreignKeys(ctx context.Context, r *Report) {
	keys, err := dbstore.ForeignKeys(ctx, p.DB, p.Dialect, p.Schema, p.Table)
	if err != nil {
		r.add("foreign_keys", Unknown, "this user may not look for foreign keys to the table", "")
		return
	}
	var refusing []string
	for _, key := range keys {
		if key.OnDelete == "NO ACTION" || key.OnDelete == "RESTRICT" {
			refusing = append(refusing, key.Table+"."+key.Column)
		}
	}
	if len(refusing) > 0 {
		r.add("foreign_keys", Note, "foreign keys refer to the table: "+strings.Join(refusing, ", "),
			"the database refuses to delete a session that has such rows: list them, with the model's on_delete, in References of dbstore.Options")
	}
}
