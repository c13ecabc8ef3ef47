package cli_test

import (
	"bufio"
	"bytes"
	"database/sql"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/cli"
)

// TestExportOfWhatIsSaved has the site save sessions while they are exported,
// which moves their ends: none may be missed.
func TestExportOfWhatIsSaved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db.sqlite3")
	if err := emptyDatabase(path, sessionTable); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"DATABASE_URL": path, "DJANGO_SECRET_KEY": "x", "DJSESSION_CONFIG": os.DevNull}
	now := func() time.Time { return clock }
	var text, stderr bytes.Buffer
	if status := cli.Run(t.Context(), now, strings.NewReader(""), &text, &stderr, env, "encode", `{"cart":[]}`); status != 0 {
		t.Fatalf("encode: %s", &stderr)
	}
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(wal)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const sessions = 5000
	_, err = db.Exec(`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO django_session
		SELECT printf('session%05d', i), ?, strftime('%Y-%m-%d %H:%M:%S', '2098-01-01', i || ' seconds') FROM n`, sessions-1, strings.TrimSpace(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	r, w := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- cli.Run(t.Context(), now, strings.NewReader(""), w, io.Discard, env, "export")
		w.Close()
	}()
	seen := make(map[string]bool)
	for exported := bufio.NewScanner(r); exported.Scan(); {
		if len(seen) == 0 {
			if _, err := db.Exec("UPDATE django_session SET expire_date = '2099-01-01 00:00:00'"); err != nil {
				t.Error(err)
			}
		}
		if text := exported.Text(); !strings.HasPrefix(text, `{"end":`) {
			seen[text[:20]] = true
		}
	}
	if status := <-done; status != 0 || len(seen) != sessions {
		t.Errorf("status %d, exported %d of %d", status, len(seen), sessions)
	}
}
