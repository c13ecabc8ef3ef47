package tables

import (
	"context"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

// tasks are what the command does, beside the shortest script that does it in
// Django: it counts what get_decoded() says, and is asked for no more.
var tasks = []struct {
	name, script string
	args         []string
	deletes      bool
}{
	{name: "list", args: []string{"list", "--json"}},
	{name: "stats", args: []string{"stats", "--json"}, script: `
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
	`},
	{name: "audit", args: []string{"audit", "--target", "5.2", "--json"}, script: `
		from django.contrib.sessions.models import Session
		from django.utils import timezone
		broken = seen = 0
		for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator(chunk_size=2000):
			data = session.get_decoded()
			broken += not data or len(data.get("_auth_user_hash", "")) == 40
			seen += 1
		result = seen
	`},
	{name: "clear", args: []string{"clear", "--yes"}, deletes: true, script: `
		from django.core.management import call_command
		call_command("clearsessions")
		from django.contrib.sessions.models import Session
		result = Session.objects.count()
	`},
}

// largest is how many sessions the largest table of a database has, and those
// that Django is asked to go through.
const largest = 1_000_000

// BenchmarkTable has the command and Django go through tables that grow
// tenfold. Its peak of memory should not grow with them.
func BenchmarkTable(b *testing.B) {
	most, err := strconv.Atoi(os.Getenv("DJSESSION_BENCH_ROWS"))
	if err != nil {
		most = 10_000
	}
	tools := build(b)
	for _, db := range []*testenv.Database{testenv.SQLite(b), testenv.PostgreSQL(b).Database(b)} {
		dj := testenv.GetDjango(b, "5.2").On(b, db).With(testenv.Settings{"SECRET_KEY": manySecret, "USE_TZ": true})
		for rows := 10_000; rows <= most && (rows <= largest || db.Vendor == "postgresql"); rows *= 10 {
			benchmark(b, tools, db, dj, rows)
		}
	}
}

func benchmark(b *testing.B, tools tools, db *testenv.Database, dj *testenv.Django, rows int) {
	full := false
	for _, task := range tasks {
		// refill makes the table, or puts back what is gone from it, while the
		// clock stands.
		refill := func(b *testing.B) {
			if !full {
				b.StopTimer()
				tools.fill(b, db, rows)
				b.StartTimer()
			}
			full = !task.deletes
		}
		name := task.name + "/" + db.Vendor + "/" + strconv.Itoa(rows)
		b.Run(name+"/djsession", func(b *testing.B) {
			var peak int64
			for b.Loop() {
				refill(b)
				peak = max(peak, tools.command(b, db, task.args))
			}
			b.ReportMetric(float64(rows), "rows")
			if peak > 0 {
				b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
			}
		})
		if task.script == "" || rows > largest {
			continue
		}
		b.Run(name+"/django", func(b *testing.B) {
			ctx, cancel := context.WithTimeout(b.Context(), 20*time.Minute)
			defer cancel()
			for b.Loop() {
				refill(b)
				var seen int
				if err := dj.Call(ctx, "run", map[string]any{"source": task.script, "args": map[string]any{}}, &seen); err != nil || seen == 0 {
					b.Fatal(seen, err)
				}
			}
		})
	}
}
