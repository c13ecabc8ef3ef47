package settings

import (
	"reflect"
	"testing"

	"github.com/djsession/djsession-go/djsession/dbstore"
)

func TestReferences(t *testing.T) {
	for _, row := range []struct {
		reason, text string
		want         []dbstore.Reference
		bad          bool
	}{
		{reason: "none"},
		{reason: "one", text: "shop_visit.session_id: cascade",
			want: []dbstore.Reference{{Table: "shop_visit", Column: "session_id"}}},
		{reason: "as Python spells it, with a schema", text: `crm.visit.session_id: SET_NULL`,
			want: []dbstore.Reference{{Schema: "crm", Table: "visit", Column: "session_id", OnDelete: dbstore.OnDeleteSetNull}}},
		{reason: "rows of rows", text: "a.session_id: cascade\nb.a_id -> a.id: cascade\nc.b_id -> b.uid: protect",
			want: []dbstore.Reference{{Table: "a", Column: "session_id", References: []dbstore.Reference{
				{Table: "b", Column: "a_id", To: "id", References: []dbstore.Reference{
					{Table: "c", Column: "b_id", To: "uid", OnDelete: dbstore.OnDeleteProtect}}}}}}},
		{reason: "a value that only Python knows", text: "a.session_id: set_default", bad: true},
		{reason: "no column", text: "a: cascade", bad: true},
		{reason: "no table", text: ".x: cascade", bad: true},
		{reason: "no on_delete", text: "a.session_id", bad: true},
		{reason: "a table that no line names", text: "b.a_id -> a.id: cascade", bad: true},
	} {
		t.Run(row.reason, func(t *testing.T) {
			got, err := References(row.text)
			if (err != nil) != row.bad || !row.bad && !reflect.DeepEqual(got, row.want) {
				t.Errorf("got %+v, %v; want %+v", got, err, row.want)
			}
		})
	}
}
