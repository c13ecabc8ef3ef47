package tables

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// manySecret signs the sessions of package manysessions, which only the command
// may import.
const manySecret = "the secret key of a site with many sessions"

// tools are the commands of the module above, built.
type tools struct{ djsession, manysessions string }

func build(b *testing.B) tools {
	b.Helper()
	dir, root := b.TempDir(), filepath.Dir(testenv.Testdata(b, ""))
	one := func(pkg string) string {
		path := filepath.Join(dir, filepath.Base(pkg)+".exe")
		cmd := exec.Command("go", "build", "-o", path, "./"+pkg)
		cmd.Dir = root
		run(b, cmd)
		return path
	}
	return tools{djsession: one("cmd/djsession"), manysessions: one("cmd/djsession/internal/manysessions/tool")}
}

// fill makes the table anew.
func (t tools) fill(b *testing.B, db *testenv.Database, rows int) {
	b.Helper()
	conn, _ := dbtest.Open(b, db)
	defer conn.Close()
	do := func(statement string) {
		if _, err := conn.ExecContext(b.Context(), statement); err != nil {
			b.Fatal(err)
		}
	}
	do("DROP TABLE IF EXISTS django_session")
	driver := map[string]string{"sqlite": "sqlite", "postgresql": "postgres"}[db.Vendor]
	run(b, exec.Command(t.manysessions, "-n", strconv.Itoa(rows), "-expired", "0.5", driver, db.DSN))
	if db.Vendor == "postgresql" {
		do("VACUUM ANALYZE django_session") // the server would, at a moment of its own choice
	}
}

// command runs the command, and says how many bytes of memory it had at most,
// or 0 if the system does not tell.
func (t tools) command(b *testing.B, db *testenv.Database, args []string) (peak int64) {
	b.Helper()
	store := db.URL
	if db.Vendor == "sqlite" {
		store = db.DSN
	}
	cmd := exec.Command(t.djsession, args...)
	cmd.Dir = b.TempDir()
	cmd.Env = append(os.Environ(), "DATABASE_URL="+store, "DJANGO_SECRET_KEY="+manySecret)
	run(b, cmd)
	return peakOf(cmd.ProcessState)
}

// run waits for a command, whose output nobody reads unless it fails.
func run(b *testing.B, cmd *exec.Cmd) {
	b.Helper()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		b.Fatalf("%s: %v: %s", cmd.Args[0], err, stderr.String())
	}
}
