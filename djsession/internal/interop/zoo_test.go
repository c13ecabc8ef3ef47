package interop

import (
	"context"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/signing"
)

// An animal is a user model of loginsite/zoo, and how a service follows it.
type animal struct {
	reason  string
	model   string
	fields  string // of the user u1, in Python
	backend string // default: ModelBackend
	users   dbusers.Options
	auth    auth.Options
	then    string      // what becomes of the user, in Python
	want    auth.Reason // what the service says after that; 0: the user is still known
	only    func(dj *testenv.Django, db *testenv.Database) bool
}

// modelColumns are those of a model that has only these; each is field=column.
func modelColumns(id, username string, more ...string) dbusers.Columns {
	none := dbusers.None
	c := dbusers.Columns{ID: id, Username: username, IsSuperuser: none, IsStaff: none, IsActive: none, Email: none,
		FirstName: none, LastName: none, DateJoined: none}
	for _, m := range more {
		field, column, _ := strings.Cut(m, "=")
		switch field {
		case "is_active":
			c.IsActive = column
		case "password":
			c.Password = column
		case "email":
			c.Email = column
		case "is_superuser":
			c.IsSuperuser = column
		}
	}
	return c
}

// plainColumns are those of zoo.Plain.
var plainColumns = modelColumns("id", "login", "is_active=is_active")

// extraColumn reads a column of text into User.Extra.
func extraColumn(o dbusers.Options, name string) dbusers.Options {
	o.Extra = []string{name}
	o.ScanExtra = func(u *auth.User) []any {
		text := new(string)
		u.Extra = text
		return []any{text}
	}
	return o
}

func extraOf(u *auth.User) string { return *u.Extra.(*string) }

var zoo = []animal{
	{reason: "fields in the table of a parent", model: "User", users: dbusers.Options{
		Table: "zoo_user", Columns: dbusers.Columns{ID: "account_ptr_id"}, Extra: []string{"nick"},
		ScanExtra: func(u *auth.User) []any { u.Extra = new(string); return []any{u.Extra} },
		Parents: []dbusers.Parent{{Table: "zoo_account", Link: "account_ptr_id", Columns: []string{"username", "password", "last_login", "is_superuser",
			"is_staff", "is_active", "email", "first_name", "last_name", "date_joined"}}},
	}, then: "Account.objects.update(is_active=False)", want: auth.ReasonInactive},
	{reason: "fields in both tables", model: "Split", users: dbusers.Options{
		Table: "zoo_split", Columns: modelColumns("person_ptr_id", "email", "is_active=is_active", "is_superuser=is_superuser"),
		Parents: []dbusers.Parent{{Table: "zoo_person", Link: "person_ptr_id", Columns: []string{"email"}}},
	}, then: `Split.objects.get().delete(keep_parents=True)`, want: auth.ReasonNoSuchUser},
	{reason: "a manager that filters", model: "Filtered", users: dbusers.Options{
		Table: "zoo_filtered", Columns: plainColumns, Where: "deleted_at IS NULL",
	}, then: `Filtered.everyone.update(deleted_at="2026-01-02 03:04:05Z")`, want: auth.ReasonNoSuchUser},
	{reason: "is_active is a property", model: "Property", users: dbusers.Options{
		Table: "zoo_property", Columns: modelColumns("id", "login"), ActiveWhere: "status = 'active'",
	}, then: `Property.objects.update(status="blocked")`, want: auth.ReasonInactive},
	{reason: "another salt, algorithm and input of the hash", model: "Token", users: extraColumn(dbusers.Options{
		Table: "zoo_token", Columns: plainColumns}, "token"),
		auth: auth.Options{HashSalt: "people.User", Algorithm: signing.SHA1,
			HashInput: func(u *auth.User) string { return string(u.Password) + extraOf(u) }},
		then: `Token.objects.update(token="changed")`, want: auth.ReasonHashWrong},
	{reason: "another hash altogether", model: "Digest", users: extraColumn(dbusers.Options{
		Table: "zoo_digest", Columns: plainColumns}, "status"),
		auth: auth.Options{SessionHash: func(key string) func(*auth.User) string {
			return func(u *auth.User) string {
				sum := sha512.Sum512([]byte(key + string(u.Password) + extraOf(u)))
				return "v1:" + hex.EncodeToString(sum[:])
			}
		}},
		then: `Digest.objects.update(status="changed")`, want: auth.ReasonHashWrong},
	{reason: "no hash", model: "Hashless", users: dbusers.Options{Table: "zoo_hashless", Columns: modelColumns("id", "login", "password=-")},
		auth: auth.Options{NoSessionHash: true}, then: `Hashless.objects.all().delete()`, want: auth.ReasonNoSuchUser,
		only: func(dj *testenv.Django, _ *testenv.Database) bool { return !dj.AtLeast(6, 1) }}, // which asks for the method
	{reason: "a OneToOneField for a primary key", model: "OneToOne", fields: `person=Person.objects.create(id=77, email="x@y.z")`,
		users: dbusers.Options{Table: "zoo_onetoone", Columns: modelColumns("person_id", "login")},
		then:  `OneToOne.objects.all().delete()`, want: auth.ReasonNoSuchUser},
	{reason: "names with dots, blanks and question marks", model: "Renamed", users: dbusers.Options{
		Table: "My Users.crm;--", Columns: modelColumns("User ID", "LoginName", "password=pwd hash", "is_active=Active=?"),
	}, then: `Renamed.objects.update(is_active=False)`, want: auth.ReasonInactive},
	{reason: "a schema within the name", model: "Schema", users: dbusers.Options{
		Table: `crm"."users`, Columns: plainColumns,
	}, then: `Schema.objects.update(is_active=False)`, want: auth.ReasonInactive,
		only: func(_ *testenv.Django, db *testenv.Database) bool { return db.Vendor == "postgresql" }},
	{reason: "UUIDs", model: "UUID", users: dbusers.Options{Table: "zoo_uuid", PK: auth.PKUUID, Columns: plainColumns},
		then: `UUID.objects.update(is_active=False)`, want: auth.ReasonInactive},
	{reason: "text", model: "Slug", users: dbusers.Options{Table: "zoo_slug", PK: auth.PKText, Columns: modelColumns("login", "login")},
		then: `Slug.objects.all().delete()`, want: auth.ReasonNoSuchUser},
	{reason: "large numbers", model: "Big", users: dbusers.Options{Table: "zoo_big", Columns: plainColumns},
		then: `Big.objects.update(is_active=False)`, want: auth.ReasonInactive},
	{reason: "AllowAllUsersModelBackend", model: "Lenient", backend: auth.AllowAllUsersBackend,
		users: dbusers.Options{Table: "zoo_lenient", Columns: plainColumns},
		then:  `Lenient.objects.update(is_active=False)`},
	{reason: "a backend whose get_user lets inactive users in", model: "Lenient", backend: "zoo.backends.AnyUser",
		users: dbusers.Options{Table: "zoo_lenient", Columns: plainColumns},
		auth:  auth.Options{InactiveBackends: []string{"zoo.backends.AnyUser"}},
		then:  `Lenient.objects.update(is_active=False)`},
	{reason: "a backend whose user_can_authenticate says no", model: "Lenient", backend: "zoo.backends.NotBlocked",
		users: extraColumn(dbusers.Options{Table: "zoo_lenient", Columns: plainColumns}, "status"),
		auth: auth.Options{Accept: func(_ context.Context, u *auth.User) error {
			if extraOf(u) == "blocked" {
				return auth.ReasonRefused
			}
			return nil
		}},
		then: `Lenient.objects.update(status="blocked")`, want: auth.ReasonRefused},
}

// TestZoo has real Djangos and a service agree on who somebody is, for user
// models and backends with rules of their own.
func TestZoo(t *testing.T) {
	for _, series := range []string{"4.2", "5.2", "6.1"} {
		t.Run("django"+series, func(t *testing.T) {
			t.Parallel() // each is a process of its own
			settings := loginSettings(t, testenv.Settings{"AUTH_USER_MODEL": "zoo.User", "INSTALLED_APPS": []string{"django.contrib.auth",
				"django.contrib.contenttypes", "django.contrib.sessions", "zoo"}})
			own := testenv.GetDjango(t, series).Own(t, settings)
			databases := own.EachDatabase
			if series == "5.2" { // whose statements are those of 6.1
				databases = func(t *testing.T, test func(*testing.T, *testenv.Database)) { test(t, testenv.SQLite(t)) }
			}
			databases(t, func(t *testing.T, db *testenv.Database) {
				dj := own.On(t, db)
				dj.Run(t, `
					from django.core.management import call_command
					from django.db import connection
					from zoo.models import Schema
					call_command("migrate", verbosity=0, interactive=False)
					# The second makes the tables of models without migrations, some of which point to the others.
					call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
					if connection.vendor == "postgresql":
						with connection.schema_editor() as editor:
							editor.execute("CREATE SCHEMA crm")
							Schema._meta.managed = True
							editor.create_model(Schema)
							Schema._meta.managed = False
				`, nil, nil)
				for _, a := range zoo {
					if a.only == nil || a.only(dj, db) {
						t.Run(a.reason, func(t *testing.T) { visitAnimal(t, dj, db, a) })
					}
				}
			})
		})
	}
}

func visitAnimal(t *testing.T, dj *testenv.Django, db *testenv.Database, a animal) {
	if a.backend == "" {
		a.backend = auth.ModelBackend
	}
	dj = dj.With(testenv.Settings{"AUTH_USER_MODEL": "zoo." + a.model, "AUTHENTICATION_BACKENDS": []string{a.backend}})
	run := func(source string, args map[string]any, result any) {
		t.Helper()
		dj.Run(t, "from zoo.drive import *\nfrom zoo.models import *\n"+source, args, result)
	}
	conn, dialect := dbtest.Open(t, db)
	store := dbstore.New(conn, dialect, djsession.NewCodec(secret, nil), nil)
	t.Cleanup(func() { store.Close() })
	users := dbusers.New(conn, dialect, &a.users)
	t.Cleanup(func() { users.Close() })
	sessions := djsession.NewManager(store, nil)
	a.auth.Backends = []string{a.backend}
	login := auth.New(users, secret, &a.auth)

	run(fmt.Sprintf("%s.objects.all().delete(); %[1]s.objects.make('u1', %s)", a.model, a.fields), nil, nil)
	// bothSay asks Django, which may flush a session, after the service.
	bothSay := func(login *auth.Auth, key, want string, reason auth.Reason) {
		t.Helper()
		session, err := sessions.Open(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		u, err := login.User(t.Context(), session)
		if want == "" && !errors.Is(err, reason) || want != "" && (err != nil || u.Username != want) {
			t.Errorf("the service says %v, %v; want %q, %v", u, err, want, reason)
		}
		flushed := session.Key() != key
		var django struct{ User string }
		run("result = who(args['key'])", map[string]any{"key": key}, &django)
		if django.User != want {
			t.Errorf("Django says %q, want %q", django.User, want)
		}
		if left := dj.Exists(t, key); left == flushed {
			t.Errorf("the service flushed the session: %v; it is left: %v", flushed, left)
		}
	}
	var onDjango string
	run("result = log_in('u1', args['backend'])", map[string]any{"backend": a.backend}, &onDjango)

	// A service that knows nothing of the model's hash leaves the session
	// alone.
	naive := a.auth
	naive.HashSalt, naive.HashInput, naive.SessionHash, naive.NoSessionHash, naive.Algorithm = "", nil, nil, false, signing.SHA256
	session, err := sessions.Open(t.Context(), onDjango)
	if err != nil {
		t.Fatal(err)
	}
	_, err = auth.New(users, secret, &naive).User(t.Context(), session)
	if refused := errors.Is(err, auth.ReasonHashWrong) || err == auth.ReasonHashMissing; err != nil && !refused || session.Key() != onDjango {
		t.Errorf("without its options the service says %v, flushed %v", err, session.Key() != onDjango)
	}
	bothSay(login, onDjango, "u1", 0)

	u, err := users.UserByName(t.Context(), "u1")
	if err != nil {
		t.Fatal(err)
	}
	onGo := sessions.New()
	if err := login.Login(t.Context(), onGo, u); err != nil {
		t.Fatal(err)
	}
	if err := onGo.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	bothSay(login, onGo.Key(), "u1", 0)
	sameID(t, sessions, onGo.Key(), onDjango)
	compareLastLogin(t, dj, a, users)
	if a.users.Columns.IsSuperuser != dbusers.None {
		comparePermissionsOf(t, dj, a, login, users)
	}

	run(a.then, nil, nil)
	want := "u1"
	if a.want != 0 {
		want = ""
	}
	for _, key := range []string{onDjango, onGo.Key()} {
		bothSay(login, key, want, a.want)
	}
}

// sameID: both sides write one id for a user.
func sameID(t *testing.T, sessions *djsession.Manager, onGo, onDjango string) {
	t.Helper()
	var ids []string
	for _, key := range []string{onGo, onDjango} {
		s, err := sessions.Open(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		id, _ := s.Text("_auth_user_id")
		ids = append(ids, id)
	}
	if ids[0] != ids[1] || ids[0] == "" {
		t.Errorf("the service wrote %q, Django %q", ids[0], ids[1])
	}
}

// compareLastLogin has Django read the time that a login on the service stored,
// and a password, whatever table they are in.
func compareLastLogin(t *testing.T, dj *testenv.Django, a animal, users *dbusers.Users) {
	t.Helper()
	u, err := users.UserByName(t.Context(), "u1")
	if err != nil {
		t.Fatal(err)
	}
	if a.users.Columns.Password != dbusers.None {
		before := *u
		for _, encoded := range []string{"md5$salt$other", string(before.Password)} {
			if err := users.UpgradePassword(t.Context(), u, encoded); err != nil {
				t.Fatal(err)
			}
			u.Password = auth.EncodedPassword(encoded)
		}
		if err := users.SetPassword(t.Context(), u, string(before.Password)); err != nil {
			t.Fatal(err)
		}
	}
	var django struct {
		LastLogin int64 `json:"last_login"`
		Password  string
	}
	dj.Run(t, `
		from django.contrib.auth import get_user_model
		user = get_user_model().objects.get()
		result = {"last_login": micros(user.last_login), "password": getattr(user, "password", "")}
	`, nil, &django)
	if django.LastLogin != u.LastLogin.UnixMicro() || django.Password != string(u.Password) {
		t.Errorf("Django reads the login at %d and the password %q, the service %d and %q", django.LastLogin, django.Password,
			u.LastLogin.UnixMicro(), string(u.Password))
	}
}

// comparePermissionsOf gives the user a permission and a group that has
// another.
func comparePermissionsOf(t *testing.T, dj *testenv.Django, a animal, login *auth.Auth, users *dbusers.Users) {
	t.Helper()
	var want []string
	dj.Run(t, `
		from django.contrib.auth import get_user_model
		from django.contrib.auth.models import Group, Permission
		user = get_user_model().objects.get()
		user.user_permissions.add(Permission.objects.get(codename="add_person"))
		group = Group.objects.get_or_create(name="editors")[0]
		group.permissions.set([Permission.objects.get(codename="view_person")])
		user.groups.add(group)
		result = sorted(get_user_model().objects.get().get_all_permissions())
	`, nil, &want)
	u, err := users.UserByName(t.Context(), "u1")
	if err != nil {
		t.Fatal(err)
	}
	got, err := login.Permissions(t.Context(), u)
	if err != nil || !slices.Equal(got, want) || len(want) != 2 {
		t.Errorf("got %v, %v; Django has %v", got, err, want)
	}
}
