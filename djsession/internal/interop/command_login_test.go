package interop

import (
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// TestCommandLogsIn has each Django find the user of a session that create
// made, and the command that of Django's login(), in every database; and the
// command check and make passwords.
func TestCommandLogsIn(t *testing.T) {
	built := buildCommand(t)
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		dj.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
			settings := testenv.Settings{"SECRET_KEY": secret, "USE_TZ": true}
			if db.Vendor != "sqlite" { // passwords are the same in all databases, and slow
				settings["PASSWORD_HASHERS"] = []string{"django.contrib.auth.hashers.MD5PasswordHasher"}
			}
			dj := dj.On(t, db).With(settings)
			dj.Migrate(t)
			c := built.with(t, "DJANGO_SECRET_KEY="+secret, "DJSESSION_DJANGO_VERSION="+dj.Series).on(db)

			var key string
			dj.Run(t, `
				from django.contrib.auth import login
				from django.contrib.auth.models import User
				from django.http import HttpRequest
				user = User.objects.create_user("eve", "eve@example.com", "a password")
				User.objects.create_user("mallory", "", "another")
				request = HttpRequest()
				request.session = store()
				login(request, user)
				request.session.save()
				result = request.session.session_key
			`, nil, &key)
			if got := c.run(t, "", "whoami", key); !strings.HasPrefix(got, "user     eve\n") {
				t.Errorf("Django logged eve in, and the command says %s", got)
			}

			var who string
			dj.Run(t, whoSource, map[string]any{"key": strings.TrimSpace(c.run(t, "", "create", "--user", "mallory", "page=/"))}, &who)
			if who != "mallory /" {
				t.Errorf("the command logged mallory in, and Django says %s", who)
			}

			if db.Vendor != "sqlite" {
				return
			}
			c.run(t, "a password\n", "password", "check", "--user", "eve")
			var correct bool
			dj.Run(t, `
				from django.contrib.auth.hashers import check_password
				result = check_password("pass word", args["encoded"])
			`, map[string]any{"encoded": strings.TrimSpace(c.run(t, "pass word\n", "password", "make"))}, &correct)
			if !correct {
				t.Error("Django does not take the hash that the command made")
			}
		})
	})
}

const whoSource = `
	from django.contrib.auth import get_user
	from django.http import HttpRequest
	request = HttpRequest()
	request.session = store(args["key"])
	result = get_user(request).get_username() + " " + request.session.get("page", "")
`
