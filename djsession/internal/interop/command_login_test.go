package interop

import (
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// TestCommandLogsIn has each Django find the user of a session that create made, and the command that of Django's login(), in every
// database.
func TestCommandLogsIn(t *testing.T) {
	built := buildCommand(t)
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
			dj := dj.On(t, db).With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": true,
				"PASSWORD_HASHERS": []string{"django.contrib.auth.hashers.MD5PasswordHasher"}}) // it is fast
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
