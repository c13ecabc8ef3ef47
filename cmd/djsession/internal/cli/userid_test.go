package cli_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/cli"
)

// TestWhichUser asks for the sessions of users whose names look like ids.
func TestWhichUser(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db.sqlite3")
	users := `CREATE TABLE "auth_user" ("id" integer PRIMARY KEY, "username" text, "password" text, "last_login" datetime, "is_superuser" bool,
		"is_staff" bool, "is_active" bool, "email" text, "first_name" text, "last_name" text, "date_joined" datetime)`
	if err := emptyDatabase(path, sessionTable, users); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var lines bytes.Buffer
	for id, name := range map[int]string{7: "bond", 8: "007", 9: "4915112345678", 10: "9", 11: ""} {
		if name != "" {
			_, err := db.Exec(`INSERT INTO auth_user VALUES (?, ?, '', NULL, 0, 0, 1, '', '', '', '2026-01-01 00:00:00')`, id, name)
			if err != nil {
				t.Fatal(err)
			}
		}
		fmt.Fprintf(&lines, `{"key":"sessionof%d","expires":"2099-01-01T00:00:00Z","data":{"_auth_user_id":"%[1]d"}}`+"\n", id)
	}
	fmt.Fprintln(&lines, `{"end":{"sessions":5}}`)
	now := func() time.Time { return clock }
	env := map[string]string{"DATABASE_URL": path, "DJANGO_SECRET_KEY": "x", "DJSESSION_CONFIG": os.DevNull}
	var stdout, stderr bytes.Buffer
	if status := cli.Run(t.Context(), now, &lines, &stdout, &stderr, env, "import"); status != 0 {
		t.Fatalf("import: %s", &stderr)
	}
	for _, row := range []struct {
		reason, user, table string
		want                string // the id that was found, or the exit status
	}{
		{"an id", "7", "", "7"},
		{"a name", "bond", "", "7"},
		{"a name of digits is no id of nobody", "4915112345678", "", "9"},
		{"an id is rather an id than a name", "9", "", "9"},
		{"what only int() takes for an id is rather a name", "007", "", "8"},
		{"and an id if it is no name", "+7", "", "7"},
		{"somebody who is gone", "11", "", "11"},
		{"a name of nobody", "blofeld", "", "status 3"},
		{"an id needs no users", "9", "gone", "9"},
		{"a name does", "bond", "gone", "status 1"},
	} {
		stdout.Reset()
		stderr.Reset()
		got := "nobody"
		if status := cli.Run(t.Context(), now, strings.NewReader(""), &stdout, &stderr, env, "list", "--json", "--user", row.user, "--users-table", row.table); status != 0 {
			got = fmt.Sprint("status ", status)
		} else if _, after, ok := strings.Cut(stdout.String(), `"user":"`); ok {
			got, _, _ = strings.Cut(after, `"`)
		}
		if got != row.want {
			t.Errorf("%s: got %s, want %s: %s", row.reason, got, row.want, &stderr)
		}
	}
}
