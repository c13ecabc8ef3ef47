package interop

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// referringModels are the models of the app "shop": they have a foreign key to
// Session with each on_delete, and one of them is referred to itself.
const referringModels = `
from django.contrib.sessions.models import Session
from django.db import models

def model(name, on_delete, to=Session, **options):
	fields = {"session": models.ForeignKey(to, on_delete, null=True, **options), "__module__": __name__}
	return type(str(name), (models.Model,), fields)

class Device(models.Model):
	session = models.ForeignKey(Session, models.CASCADE)

class Event(models.Model):
	device = models.ForeignKey(Device, models.CASCADE)

Visit = model("Visit", models.SET_NULL)
Trial = model("Trial", models.SET("standin0"))
Note = model("Note", models.DO_NOTHING, db_constraint=False)
Loose = model("Loose", models.CASCADE, db_constraint=False)
Order = model("Order", models.PROTECT)
Refund = model("Refund", models.RESTRICT)
shop = [Device, Event, Visit, Trial, Note, Loose, Order, Refund]

def refer(key, *guards):
	Event.objects.create(device=Device.objects.create(session_id=key))
	for each in [Visit, Trial, Note, Loose] + list(guards):
		each.objects.create(session_id=key)

def referring(key):
	# What refers to the key, and what no longer does and was left by it.
	result = [Event.objects.count()]
	for each in shop:
		if each is not Event:
			held = sorted(str(k).replace(key, "KEY") for k in each.objects.values_list("session_id", flat=True))
			result.append(each.__name__ + ":" + ",".join(held))
	return " ".join(str(part) for part in result)

def clean():
	for each in reversed(shop):
		each._base_manager.all()._raw_delete("default")
	Session.objects.all()._raw_delete("default")
	Session.objects.create(session_key="standin0", session_data="", expire_date="2099-01-01T00:00:00Z")
`

// references are the same to us.
var references = []dbstore.Reference{
	{Table: "shop_device", Column: "session_id", References: []dbstore.Reference{{Table: "shop_event", Column: "device_id"}}},
	{Table: "shop_visit", Column: "session_id", OnDelete: dbstore.OnDeleteSetNull},
	{Table: "shop_trial", Column: "session_id", OnDelete: dbstore.OnDeleteSetValue, Value: "standin0"},
	{Table: "shop_note", Column: "session_id", OnDelete: dbstore.OnDeleteDoNothing},
	{Table: "shop_loose", Column: "session_id"},
	{Table: "shop_order", Column: "session_id", OnDelete: dbstore.OnDeleteProtect},
	{Table: "shop_refund", Column: "session_id", OnDelete: dbstore.OnDeleteProtect},
}

// A shop is a site whose tables refer to sessions, and stores over it.
type shop struct {
	dj           *testenv.Django
	told, untold *dbstore.Store // with References, and without
	managed      *djsession.Manager
}

func eachShop(t *testing.T, test func(t *testing.T, s *shop)) {
	dir := t.TempDir()
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "shop"), 0o755), os.WriteFile(filepath.Join(dir, "shop", "__init__.py"), nil, 0o644),
		os.WriteFile(filepath.Join(dir, "shop", "models.py"), []byte(referringModels), 0o644)); err != nil {
		t.Fatal(err)
	}
	dj := testenv.GetDjango(t, "5.2").Own(t, testenv.Settings{"PYTHONPATH": []string{dir}, "DEFAULT_AUTO_FIELD": "django.db.models.AutoField",
		"INSTALLED_APPS": []string{"django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "shop"}})
	dj = dj.With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": true})
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		dj := dj.On(t, db)
		dj.Migrate(t)
		dj.Run(t, `
			from django.db import connection
			from shop.models import shop
			for each in shop:
				with connection.schema_editor() as editor:
					editor.create_model(each)
		`, nil, nil)
		conn, dialect := dbtest.Open(t, db)
		codec := djsession.NewCodec(secret, nil)
		s := &shop{dj: dj, untold: dbstore.New(conn, dialect, codec, nil)}
		s.told = dbstore.New(conn, dialect, codec, &dbstore.Options{References: references})
		t.Cleanup(func() { s.told.Close(); s.untold.Close() })
		s.managed = djsession.NewManager(s.told, nil)
		test(t, s)
	})
}

// referred makes a session to which rows refer, in otherwise empty tables.
func (s *shop) referred(t *testing.T, guards string, expired bool) *djsession.Session {
	t.Helper()
	s.dj.Run(t, "from shop.models import clean\nclean()", nil, nil)
	session := s.managed.New()
	session.Set("n", 1)
	if expired {
		session.SetExpiry(djsession.ExpireAt(time.Now().Add(-time.Hour)))
	}
	if err := session.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.dj.Run(t, `
		from shop import models
		models.refer(args["key"], *[getattr(models, name) for name in args["guards"].split()])
	`, map[string]any{"key": session.Key(), "guards": guards}, nil)
	return session
}

// left tells which rows there are, and how many sessions but the stand-in.
func (s *shop) left(t *testing.T, key string) (left string) {
	t.Helper()
	s.dj.Run(t, `
		from shop.models import Session, referring
		result = "%d sessions, %s" % (Session.objects.count() - 1, referring(args["key"]))
	`, map[string]any{"key": key}, &left)
	return left
}

// endings are the ways in which a session ends, in Python and in Go.
var endings = []struct {
	name, python string
	expired      bool
	end          func(s *shop, session *djsession.Session) error
}{
	{"delete", "store(args['key']).delete()", false, func(s *shop, session *djsession.Session) error {
		return s.managed.Delete(context.Background(), session.Key())
	}},
	{"flush", "store(args['key']).flush()", false, func(s *shop, session *djsession.Session) error {
		return session.Flush(context.Background())
	}},
	{"cycle_key", "store(args['key']).cycle_key()", false, func(s *shop, session *djsession.Session) error {
		return session.CycleKey(context.Background())
	}},
	{"clear_expired", "type(store()).clear_expired()", true, func(s *shop, _ *djsession.Session) error {
		_, err := s.told.ClearExpired(context.Background(), nil)
		return err
	}},
}

// TestReferences ends sessions that rows of other tables refer to: the same
// rows stay as with Django, for each on_delete.
func TestReferences(t *testing.T) {
	eachShop(t, func(t *testing.T, s *shop) {
		for _, ending := range endings {
			t.Run(ending.name, func(t *testing.T) {
				key := s.referred(t, "", ending.expired).Key()
				before := s.left(t, key)
				s.dj.Run(t, ending.python, map[string]any{"key": key}, nil)
				want := s.left(t, key)
				if want == before {
					t.Fatalf("Django left everything as it was: %s", before)
				}
				session := s.referred(t, "", ending.expired)
				key = session.Key()
				if err := ending.end(s, session); err != nil {
					t.Fatal(err)
				}
				if got := s.left(t, key); got != want {
					t.Errorf("\ngot  %s\nwant %s, as Django", got, want)
				}
			})
			for _, guard := range []string{"Order", "Refund"} {
				t.Run(ending.name+" with "+guard, func(t *testing.T) { testProtected(t, s, ending.python, ending.expired, ending.end, guard) })
			}
		}
	})
}

// testProtected wants an error of both, after which nothing has changed.
func testProtected(t *testing.T, s *shop, python string, expired bool, end func(*shop, *djsession.Session) error, guard string) {
	session := s.referred(t, guard, expired)
	key := session.Key()
	before := s.left(t, key)
	var kind string
	s.dj.Run(t, "try:\n\t"+python+"\nexcept Exception as error:\n\tresult = type(error).__name__", map[string]any{"key": key}, &kind)
	if kind != "ProtectedError" && kind != "RestrictedError" {
		t.Fatalf("Django raised %q", kind)
	}
	session = s.referred(t, guard, expired)
	key = session.Key()
	err := end(s, session)
	var e *sqldialect.Error
	if !errors.As(err, &e) || e.Problem != sqldialect.ProblemReferenced || !strings.Contains(err.Error(), "shop_"+strings.ToLower(guard)) {
		t.Errorf("got error %v, want one that names shop_%s", err, strings.ToLower(guard))
	}
	if got := s.left(t, key); got != before {
		t.Errorf("\ngot  %s\nwant %s, as before", got, before)
	}
}

// TestClearWithProtected clears more sessions than one batch has, of which
// some are protected: those stay, and the error says why.
func TestClearWithProtected(t *testing.T) {
	eachShop(t, func(t *testing.T, s *shop) {
		key := s.referred(t, "Order Refund", true).Key()
		for range 25 {
			session := s.managed.New()
			session.SetExpiry(djsession.ExpireAt(time.Now().Add(-time.Hour)))
			if err := session.Save(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		before := strings.Replace(s.left(t, key), "26 sessions", "1 sessions", 1)
		deleted, err := s.told.ClearExpired(t.Context(), &djsession.ClearOptions{BatchSize: 10})
		var e *sqldialect.Error
		if deleted != 25 || !errors.As(err, &e) || e.Problem != sqldialect.ProblemReferenced || !strings.Contains(err.Error(), "shop_order.session_id") {
			t.Errorf("%d were deleted, error %v, want 25 and one that names shop_order.session_id", deleted, err)
		}
		if got := s.left(t, key); got != before {
			t.Errorf("\ngot  %s\nwant %s", got, before)
		}
	})
}

// TestReferencesNotTold ends sessions without Options.References: the error
// names a table, nothing has changed, and no orphan is left on SQLite either.
func TestReferencesNotTold(t *testing.T) {
	eachShop(t, func(t *testing.T, s *shop) {
		s.managed = djsession.NewManager(s.untold, nil)
		for _, expired := range []bool{false, true} {
			key := s.referred(t, "", expired).Key()
			before := s.left(t, key)
			err := s.untold.Delete(t.Context(), key)
			if expired {
				_, err = s.untold.ClearExpired(t.Context(), nil)
			}
			var e *sqldialect.Error
			if !errors.As(err, &e) || e.Problem != sqldialect.ProblemReferenced || !strings.Contains(err.Error(), "shop_device.session_id") ||
				strings.Contains(err.Error(), key) {
				t.Errorf("got error %v, want one that names shop_device.session_id", err)
			}
			if got := s.left(t, key); got != before {
				t.Errorf("\ngot  %s\nwant %s, as before", got, before)
			}
		}
	})
}

// TestMissingReferences finds the foreign keys that Options.References must
// name.
func TestMissingReferences(t *testing.T) {
	eachShop(t, func(t *testing.T, s *shop) {
		if missing, err := s.told.MissingReferences(t.Context()); err != nil || len(missing) > 0 {
			t.Errorf("with all of them: got %v, %v", missing, err)
		}
		missing, err := s.untold.MissingReferences(t.Context())
		var names []string
		for _, k := range missing {
			names = append(names, k.Table+"."+k.Column+">"+k.To)
		}
		const want = "shop_device.session_id>session_key shop_order.session_id>session_key shop_refund.session_id>session_key " +
			"shop_trial.session_id>session_key shop_visit.session_id>session_key"
		if got := strings.Join(names, " "); got != want || err != nil {
			t.Errorf("without any: got %s, %v, want %s", got, err, want)
		}
	})
}
