package interop

import (
	"path/filepath"
	"testing"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// TestSettingsImportOfOddProjects asks a project that talks, reads from a
// replica, counts days in fractions and whose key is not ASCII; and has no
// users.
func TestSettingsImportOfOddProjects(t *testing.T) {
	built := buildCommand(t)
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		const oddSecret = "100%, \"sécret\" $1 \\ 日本"
		db := testenv.SQLite(t)
		dj = dj.On(t, db).With(testenv.Settings{"SECRET_KEY": oddSecret, "USE_TZ": false, "TIME_ZONE": "America/New_York"})
		dj.Migrate(t)
		key := dj.Create(t, "", testenv.FromJSON(contents), "")
		python := pythonOf(t, dj.Series)
		c := built.with(t, python.Env...)
		writeProject(t, c.dir, db)
		settings := filepath.Join(c.dir, "project_settings.py")
		appendTo(t, settings, `
import sys
print("a settings module that talks")
sys.stdout.write("and does not end its line")
SECRET_KEY = u"100%, \"s\u00e9cret\" $1 \\ \u65e5\u672c"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 10.5
DATABASES["replica"] = {"ENGINE": "django.db.backends.sqlite3", "NAME": "nowhere/replica.sqlite3"}
DATABASE_ROUTERS = ["project_settings.Router"]
class Router(object):
    def db_for_read(self, model, **hints):
        return "replica"
    def db_for_write(self, model, **hints):
        return "default"
`)
		c.run(t, "", "settings", "import", "--manage-py", ".", "--python", python.Path)
		c.run(t, "", "set", "--yes", key, "from_go=1")
		wantValue(t, dj, key, "from_go", "1")

		appendTo(t, settings, `INSTALLED_APPS = ["django.contrib.sessions"]`)
		c.run(t, "", "settings", "import", "--manage-py", ".", "--python", python.Path, "--force")
		c.run(t, "", "show", key)
	})
}
