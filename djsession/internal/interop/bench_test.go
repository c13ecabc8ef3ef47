package interop

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// The shortest scripts that do in Django what the command does: they count, by what get_decoded() says, and are not asked for more.
const (
	djangoStats = `
		import collections
		from django.contrib.sessions.models import Session
		from django.utils import timezone
		now, states, users, names = timezone.now(), collections.Counter(), collections.Counter(), collections.Counter()
		for session in Session.objects.iterator(chunk_size=2000):
			data = session.get_decoded()
			states[session.expire_date > now] += 1
			users[data.get("_auth_user_id")] += 1
			names.update(data.keys())
		result = sum(states.values())
	`
	djangoAudit = `
		from django.contrib.sessions.models import Session
		from django.utils import timezone
		broken = seen = 0
		for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator(chunk_size=2000):
			data = session.get_decoded()
			broken += not data or len(data.get("_auth_user_hash", "")) == 40
			seen += 1
		result = seen
	`
	djangoClear = `
		from django.core.management import call_command
		call_command("clearsessions")
		from django.contrib.sessions.models import Session
		result = Session.objects.count()
	`
)

// BenchmarkWholeTables has the command and Django go through the same table, one after the other, and reports how many times faster the
// command was, its start included. DJSESSION_BENCH_SESSIONS is how large the table is; default 20000, which is small: what counts is a million.
func BenchmarkWholeTables(b *testing.B) {
	count := 20_000
	if n, err := strconv.Atoi(os.Getenv("DJSESSION_BENCH_SESSIONS")); err == nil {
		count = n
	}
	key := "the secret key of a site with many sessions" // the generator's
	fill, path := buildTool(b, "cmd/djsession/internal/manysessions/tool"), buildTool(b, "cmd/djsession")
	dj := testenv.GetDjango(b, "5.2")
	for _, vendor := range []struct {
		driver string
		make   func() *testenv.Database
	}{
		{"sqlite", func() *testenv.Database { return testenv.SQLite(b) }},
		{"postgres", func() *testenv.Database { return testenv.PostgreSQL(b).Database(b) }},
	} {
		db := vendor.make()
		dj := dj.On(b, db).With(testenv.Settings{"SECRET_KEY": key, "USE_TZ": true})
		dj.Migrate(b)
		store := db.URL
		if db.Vendor == "sqlite" {
			store = db.DSN
		}
		refill := func(b *testing.B) {
			dj.Run(b, "\nfrom django.contrib.sessions.models import Session\nSession.objects.all().delete()\n", nil, nil)
			runTool(b, exec.Command(fill, "-n", strconv.Itoa(count), "-expired", "0.5", vendor.driver, db.DSN))
		}
		refill(b)
		for _, row := range []struct {
			name, script string
			args         []string
		}{
			{"stats", djangoStats, []string{"stats", "--json"}},
			{"audit", djangoAudit, []string{"audit", "--target", "5.2", "--json"}},
			{"clear", djangoClear, []string{"clear", "--yes"}},
		} {
			b.Run(db.Vendor+"/"+row.name, func(b *testing.B) {
				var ours, theirs time.Duration
				for b.Loop() {
					cmd := exec.Command(path, row.args...)
					cmd.Dir = b.TempDir()
					cmd.Env = append(os.Environ(), "DATABASE_URL="+store, "DJANGO_SECRET_KEY="+key)
					start := time.Now()
					runTool(b, cmd)
					ours += time.Since(start)
					if row.name == "clear" {
						refill(b)
					}
					ctx, cancel := context.WithTimeout(b.Context(), 20*time.Minute)
					start = time.Now()
					var seen int
					if err := dj.Call(ctx, "run", map[string]any{"source": row.script, "args": map[string]any{}}, &seen); err != nil || seen == 0 {
						b.Fatal(seen, err)
					}
					theirs += time.Since(start)
					cancel()
					if row.name == "clear" {
						refill(b)
					}
				}
				b.ReportMetric(float64(ours.Nanoseconds())/float64(b.N)/float64(count), "ns/session")
				b.ReportMetric(float64(theirs.Nanoseconds())/float64(b.N)/float64(count), "django-ns/session")
				b.ReportMetric(theirs.Seconds()/ours.Seconds(), "x")
			})
		}
	}
}

// buildTool builds a command of this module.
func buildTool(b *testing.B, pkg string) (path string) {
	b.Helper()
	path = filepath.Join(b.TempDir(), filepath.Base(pkg)+".exe")
	runTool(b, exec.Command("go", "build", "-o", path, "github.com/djsession/djsession-go/"+pkg))
	return path
}

func runTool(b *testing.B, cmd *exec.Cmd) {
	b.Helper()
	if output, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %v: %s", cmd.Args[0], err, output)
	}
}
