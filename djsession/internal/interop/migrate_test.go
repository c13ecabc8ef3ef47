package interop

import (
	"testing"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

const oldSecret = "the secret that came before"

// loggedIn is what a Django makes: sessions of a user, with what that Django's
// serializer can hold, and their keys.
type loggedIn struct {
	User int    `json:"user"`
	Key  string `json:"key"`
	Cart string `json:"cart"` // of nobody
}

// login logs a user in, as a view does, and keeps a datetime if sessions are
// pickled.
const login = `
	from django.contrib.auth import login
	from django.contrib.auth.models import User
	from django.http import HttpRequest
	user = User.objects.create_user("zoe", password="secret")
	request = HttpRequest()
	request.session = store(None)
	request.session["cart"] = [{"sku": "A", "price": 1.0}, "\xeb"]
	if args["pickle"]:
		request.session["when"] = datetime.datetime(2026, 1, 2, 3, 4, 5)
		request.session["pair"] = (1, decimal.Decimal("1.10"))
	login(request, user, backend="django.contrib.auth.backends.ModelBackend")
	request.session.save()
	anonymous = store(None)
	anonymous["cart"] = ["B"]
	anonymous.save()
	result = {"user": user.pk, "key": request.session.session_key, "cart": anonymous.session_key}
`

// whoIs asks Django as its middleware does.
const whoIs = `
	from django.contrib.auth import get_user
	from django.http import HttpRequest
	request = HttpRequest()
	request.session = store(args["key"])
	user = get_user(request)
	cart = store(args["cart"])
	result = {"user": user.pk, "key": request.session.session_key, "cart": json.dumps([request.session.get("cart"), request.session.get("when"),
		request.session.get("pair"), cart.get("cart")])}
`

// TestMigratedSessions has each Django log somebody in, moves the sessions to
// what Django is today, and asks every Django that can be expected to know it
// who that is.
func TestMigratedSessions(t *testing.T) {
	built := buildCommand(t)
	testenv.EachDjango(t, func(t *testing.T, writer *testenv.Django) {
		for _, serializer := range []string{testenv.JSONSerializer, testenv.PickleSerializer} {
			pickled := serializer == testenv.PickleSerializer
			if pickled && writer.AtLeast(5, 0) {
				continue
			}
			t.Run(serializer[len("django.contrib.sessions.serializers."):], func(t *testing.T) {
				db := testenv.SQLite(t)
				writer := writer.On(t, db).With(testenv.Settings{"SECRET_KEY": oldSecret, "SESSION_SERIALIZER": serializer})
				writer.Migrate(t)
				var made loggedIn
				writer.Run(t, login, map[string]any{"pickle": pickled}, &made)

				built.with(t, "DJANGO_SECRET_KEY="+secret, "DJANGO_SECRET_KEY_FALLBACKS="+oldSecret).on(db).run(t, "", "migrate", "--to", "json,modern,key", "--convert", "usual", "--yes", "--force")
				want := loggedIn{made.User, made.Key, `[[{"sku": "A", "price": 1.0}, "\u00eb"], null, null, ["B"]]`}
				if pickled {
					want.Cart = `[[{"sku": "A", "price": 1.0}, "\u00eb"], "2026-01-02T03:04:05", [1, "1.10"], ["B"]]`
				}
				for _, reader := range testenv.Djangos(t) {
					if !reader.AtLeast(3, 1) {
						continue // it cannot read the modern layout
					}
					var got loggedIn
					reader.On(t, db).With(testenv.Settings{"SECRET_KEY": secret}).Run(t, whoIs, map[string]any{"key": made.Key, "cart": made.Cart}, &got)
					if got != want {
						t.Errorf("Django %s: got %+v, want %+v", reader.Version, got, want)
					}
				}
			})
		}
	})
}

// TestMigratedKey moves sessions to another key and nothing else: the Django
// that wrote them goes on with the new key alone.
func TestMigratedKey(t *testing.T) {
	built := buildCommand(t)
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		dj.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
			serializer := testenv.JSONSerializer
			if !dj.AtLeast(4, 2) {
				serializer = testenv.PickleSerializer
			}
			dj := dj.On(t, db).With(testenv.Settings{"SESSION_SERIALIZER": serializer})
			old, now := dj.With(testenv.Settings{"SECRET_KEY": oldSecret}), dj.With(testenv.Settings{"SECRET_KEY": secret})
			old.Migrate(t)
			var made, before, after loggedIn
			old.Run(t, login, map[string]any{"pickle": false}, &made)
			old.Run(t, whoIs, map[string]any{"key": made.Key, "cart": made.Cart}, &before)
			built.with(t, "DJANGO_SECRET_KEY="+secret, "DJANGO_SECRET_KEY_FALLBACKS="+oldSecret).on(db).run(t, "", "migrate", "--to", "key", "--yes", "--force")
			now.Run(t, whoIs, map[string]any{"key": made.Key, "cart": made.Cart}, &after)
			if before != after || after.User == 0 || after.User != made.User {
				t.Errorf("before %+v, after %+v", before, after)
			}
		})
	})
}
