package interop

import (
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// customSession is the example in Django's documentation, with a column more
// that cannot be null, and a store class of another name.
const customSession = `
import types
from django.contrib.sessions.backends.db import SessionStore as DBStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import connection, models

class CustomSession(AbstractBaseSession):
	account_id = models.IntegerField(null=True, db_index=True)
	saves = models.IntegerField()
	class Meta:
		app_label = "custom"

class AccountStore(DBStore):
	@classmethod
	def get_model_class(cls):
		return CustomSession

	def create_model_instance(self, data):
		obj = super().create_model_instance(data)
		obj.account_id = int(data["_auth_user_id"]) if "_auth_user_id" in data else None
		obj.saves = data.get("saves", 0)
		return obj

sys.modules["custom_store"] = types.ModuleType("custom_store")
sys.modules["custom_store"].SessionStore = AccountStore
`

// TestCustomSessionModel shares the table of a model that adds columns to
// AbstractBaseSession.
func TestCustomSessionModel(t *testing.T) {
	dj := testenv.GetDjango(t, "6.1").With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": true})
	dj.Run(t, "exec(args['source'], globals())\nstate['custom'] = CustomSession", map[string]any{"source": customSession}, nil)
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		now := time.Date(2026, 11, 23, 20, 17, 27, 123456000, time.UTC)
		dj := dj.On(t, db).At(now).With(testenv.Settings{"SESSION_ENGINE": "custom_store"})
		dj.Run(t, `
			from django.db import connection
			with connection.schema_editor() as editor:
				editor.create_model(state["custom"])
		`, nil, nil)
		conn, dialect := dbtest.Open(t, db)
		saves := dbstore.Column{Name: "saves", Value: func(s *dbstore.Write) any {
			n, _, _ := djsession.Get[int](s.Record.Data, "saves")
			return n
		}}
		store := dbstore.NewUserStore(conn, dialect, djsession.NewCodec(secret, &djsession.CodecOptions{StoreName: "AccountStore"}), &dbstore.UserOptions{
			Options:    dbstore.Options{Table: "custom_customsession", Columns: []dbstore.Column{saves}, Now: func() time.Time { return now }},
			UserColumn: "account_id",
		})
		defer store.Close()
		tradeSessions(t, dj, store, now)

		m := djsession.NewManager(store, &djsession.Options{Now: func() time.Time { return now }})
		s := m.New()
		s.Set("_auth_user_id", "42")
		s.Set("saves", 1)
		if err := s.Save(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantColumns := func(want string) {
			t.Helper()
			var got string
			dj.Run(t, `
				row = state["custom"].objects.get(session_key=args["key"])
				result = "%s %s" % (row.account_id, row.saves)
			`, map[string]any{"key": s.Key()}, &got)
			if got != want {
				t.Errorf("the columns are %s, want %s", got, want)
			}
		}
		wantColumns("42 1")
		s.Set("saves", 2)
		s.Delete("_auth_user_id")
		if err := s.Save(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantColumns("None 2")
		dj.Update(t, s.Key(), `{"_auth_user_id": "7", "saves": 3}`, "")
		found := 0
		for rec, err := range store.ListUser(t.Context(), "7", nil) {
			if found++; err != nil || rec.Key != s.Key() {
				t.Errorf("listed another session, or none: %v", err)
			}
		}
		if found != 1 {
			t.Errorf("%d sessions of the user", found)
		}
	})
}
