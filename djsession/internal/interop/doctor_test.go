package interop

import (
	"crypto/rand"
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/internal/dbtest"
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
			missingRights(t, built.with(t, "DJANGO_SECRET_KEY="+secret), db)
		}
	})
}

// missingRights asks as a user who may not create or change sessions.
func missingRights(t *testing.T, c *command, db *testenv.Database) {
	t.Helper()
	conn, _ := dbtest.Open(t, db)
	user := "reader_" + strings.ToLower(rand.Text()[:8])
	for _, statement := range []string{"CREATE ROLE " + user + " LOGIN", "GRANT SELECT, DELETE ON django_session TO " + user} {
		if _, err := conn.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { conn.Exec("DROP OWNED BY " + user + "; DROP ROLE " + user) })
	u, err := url.Parse(storeURL(db))
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.User(user)
	for _, f := range examine(t, c, "--store", u.String()) {
		if f.Check == "rights" {
			if f.Verdict != "note" || !strings.Contains(f.Found, "may not INSERT, UPDATE in django_session") {
				t.Errorf("a user without two rights: got %+v", f)
			}
			return
		}
	}
	t.Error("doctor said nothing of rights")
}

// A finding is one check of doctor.
type finding struct{ Check, Verdict, Found string }

func examine(t *testing.T, c *command, args ...string) []finding {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), c.path, append([]string{"doctor", "--json"}, args...)...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), c.env...)
	output, _ := cmd.Output() // a mistake is an exit status too
	var report struct{ Findings []finding }
	if err := json.Unmarshal(output, &report); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	return report.Findings
}

func badChecks(t *testing.T, c *command, args ...string) string {
	t.Helper()
	var bad []string
	findings := examine(t, c, args...)
	if len(findings) < 6 {
		t.Errorf("only %d checks were made: %+v", len(findings), findings)
	}
	for _, f := range findings {
		if f.Verdict == "bad" {
			bad = append(bad, f.Check)
			t.Log(f.Found)
		}
	}
	return strings.Join(bad, " ")
}
