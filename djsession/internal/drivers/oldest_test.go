package drivers

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// oldest are the versions that users may still have.
var oldest = []string{
	"github.com/go-sql-driver/mysql@v1.8.1",
	"github.com/jackc/pgx/v5@v5.5.5",
	"github.com/lib/pq@v1.10.9",
}

// tests are those of dbtest that depend on what a driver does.
const tests = "^(TestStore|TestPoolers|TestWho|TestMySQLSites|TestWrappedDrivers|TestSilentNetwork|TestConnectionsThatStayReadOnly)$"

// TestOldestDrivers runs tests with a go.mod of its own. It takes the module
// proxy and a minute, and so it runs where everything is required.
func TestOldestDrivers(t *testing.T) {
	if !testenv.Required() {
		t.Skip("old drivers are tested with DJSESSION_TEST_REQUIRE=1")
	}
	const root = "../../.."
	dir := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	mod := filepath.Join(dir, "go.mod")
	edit := []string{"mod", "edit"}
	for _, version := range oldest {
		edit = append(edit, "-require="+version)
	}
	run(t, dir, append(edit, mod)...)
	args := []string{"-modfile=" + mod, "-mod=mod"}
	// A module that needs a newer one would have its way without a word.
	for _, version := range oldest {
		module, want, _ := strings.Cut(version, "@")
		got := run(t, root, append(append([]string{"list", "-m", "-f", "{{.Version}}"}, args...), module)...)
		if got != want+"\n" {
			t.Errorf("%s is %q, want %s", module, got, want)
		}
	}
	t.Log(run(t, root, append(append([]string{"test", "-count=1", "-run", tests}, args...), "./djsession/internal/dbtest")...))
}

func run(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go %v: %v\n%s", args, err, output)
	}
	return string(output)
}
