package interop

import (
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// TestDoctor has the command examine the tables that a real Django made, in
// each database and with either USE_TZ.
func TestDoctor(t *testing.T) {
	built := buildCommand(t)
	dj := testenv.GetDjango(t, "5.2")
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		for _, row := range []struct {
			reason string
			useTZ  bool
			args   []string
			bad    string // checks that find a mistake
		}{
			{"USE_TZ", true, nil, ""},
			{"no USE_TZ, and its zone", false, []string{"--time-zone", "Asia/Tokyo"}, ""},
			{"no USE_TZ, and nobody said so", false, nil, "time_zone"},
		} {
			dj := dj.On(t, db).With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": row.useTZ, "TIME_ZONE": "Asia/Tokyo"})
			dj.Migrate(t)
			dj.Run(t, `
				from django.contrib.sessions.models import Session
				Session.objects.all().delete()
			`, nil, nil)
			for range 5 {
				dj.Create(t, "", `{"a": 1}`, "")
			}
			bad := row.bad
			if db.Vendor == "postgresql" {
				bad = "" // no zone is wrong there
			}
			if got := badChecks(t, built.with(t, "DJANGO_SECRET_KEY="+secret).on(db), row.args...); got != bad {
				t.Errorf("%s: found mistakes in %q, want %q", row.reason, got, bad)
			}
		}
		if db.Vendor == "postgresql" {
			readOnly, err := url.Parse(storeURL(db))
			if err != nil {
				t.Fatal(err)
			}
			query := readOnly.Query()
			query.Set("options", "-c default_transaction_read_only=on")
			readOnly.RawQuery = query.Encode()
			if got := badChecks(t, built.with(t, "DJANGO_SECRET_KEY="+secret), "--store", readOnly.String()); got != "standby" {
				t.Errorf("a server that takes no writes: found mistakes in %q, want standby", got)
			}
		}
	})
}

func badChecks(t *testing.T, c *command, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), c.path, append([]string{"doctor", "--json"}, args...)...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), c.env...)
	output, _ := cmd.Output() // a mistake is an exit status too
	var report struct {
		Findings []struct{ Check, Verdict, Found string }
	}
	if err := json.Unmarshal(output, &report); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	var bad []string
	for _, f := range report.Findings {
		if f.Verdict == "bad" {
			bad = append(bad, f.Check)
			t.Log(f.Found)
		}
	}
	if len(report.Findings) < 6 {
		t.Errorf("only %d checks were made: %s", len(report.Findings), output)
	}
	return strings.Join(bad, " ")
}
