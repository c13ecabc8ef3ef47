package cli_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/cli"
)

// TestExamples runs every example that help shows, each in a directory of its
// own with what examples speak of.
func TestExamples(t *testing.T) {
	dir := t.TempDir()
	cli.Commands(func(cmd *cobra.Command) {
		name := strings.ReplaceAll(cmd.CommandPath(), " ", "-")
		n := 0
		for line := range strings.Lines(cmd.Example) {
			n++
			script := fmt.Sprintf("[!exec:sh] skip\nexec sh example.sh\n-- example.sh --\n%s\n%s", strings.TrimSpace(line), exampleFiles)
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d.txt", name, n)), []byte(script), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	})
	testscript.Run(t, testscript.Params{
		Dir: dir,
		Setup: func(env *testscript.Env) error {
			if err := setup(env); err != nil {
				return err
			}
			if err := deleteUnreadable(filepath.Join(env.WorkDir, "db.sqlite3")); err != nil {
				return err
			}
			env.Setenv("DJSESSION_CONFIG", "site.toml")
			python := filepath.Join(env.WorkDir, "site", ".venv", "bin", "python")
			return os.Chmod(python, 0o700)
		},
	})
}

// deleteUnreadable deletes the sessions that no key reads, so that commands
// that select by what sessions hold exit with 0.
func deleteUnreadable(path string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec("DELETE FROM django_session WHERE session_key LIKE 'wrongkey%' OR session_key LIKE 'tampered%' OR session_key LIKE 'rubbish%'")
	return err
}

// exampleFiles are what the examples speak of. The project's Python only says
// what a Python would.
const exampleFiles = `-- site.toml --
store = "db.sqlite3"
secret_key_file = "secret_key"
secret_key_fallbacks_file = "secret_key_fallbacks"
-- session_data --
eyJjYXJ0IjpbXX0:1xWHGD:hFRzSkVu2dbU-gWDlOmzsZ3fKF0sNRfiFpTi9VfYU4s
-- sessions.jsonl --
{"key":"bob00000000000000000000000000000","expires":"2099-12-30T23:59:59Z","layout":"modern","data":{}}
{"end":{"sessions":1}}
-- cart.pickle --
gAJ9cQBYBAAAAGNhcnRxAV1xAnMu
-- password --
alice's password
-- site/manage.py --
-- site/.venv/bin/python --
#!/bin/sh
echo 'djsession-settings:{"django":"5.2","serializer":".JSONSerializer","cookie_age":1209600,"database":{"engine":"sqlite3","name":"db.sqlite3"}}'
`

// TestHelp checks that every command can be understood, and that its help fits
// a terminal of 130 columns.
func TestHelp(t *testing.T) {
	cli.Commands(func(cmd *cobra.Command) {
		path := cmd.CommandPath()
		if strings.HasPrefix(path, "djsession completion") || path == "djsession help" {
			return // cobra's
		}
		if cmd.Short == "" || cmd.Short[len(cmd.Short)-1] == '.' {
			t.Errorf("%s: Short is %q", path, cmd.Short)
		}
		if cmd.Runnable() && !cmd.Hidden && (cmd.Long == "" && path != "djsession version" || cmd.Example == "") {
			t.Errorf("%s lacks a description or examples", path)
		}
		if cmd.HasParent() && !cmd.Parent().HasParent() && cmd.Runnable() && !cmd.Hidden && cmd.GroupID == "" {
			t.Errorf("%s is in no group", path)
		}
		for line := range strings.Lines(cmd.Long) {
			if len(line) > 130 {
				t.Errorf("%s: a line of %d characters: %s", path, len(line), line)
			}
		}
	})
}
