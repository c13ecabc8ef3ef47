package project

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
)

// TestLastException says what is the matter with a project, and no password.
func TestLastException(t *testing.T) {
	const traceback = "Traceback (most recent call last):\n  File \"manage.py\", line 1, in <module>\n    main()\n"
	for _, row := range []struct{ reason, stderr, want string }{
		{"one line", traceback + "KeyError: 'SECRET'\n", "KeyError: 'SECRET'"},
		{"several lines", traceback + "django.core.exceptions.ImproperlyConfigured: 'x' isn't an available database backend.\nTry one of:\n    'mysql',\n    'sqlite3'\n",
			"ImproperlyConfigured: 'x' isn't an available database backend. Try one of: 'mysql', 'sqlite3'"},
		{"the last of two", traceback + "KeyError: 1\n\nDuring handling of the above exception, another exception occurred:\n\n" + traceback + "ValueError: no\n", "ValueError: no"},
		{"an exception without text", traceback + "EOFError\n", "EOFError"},
		{"a command's own error", "CommandError: settings are missing\n", "CommandError: settings are missing"},
		{"a URL", traceback + "ValueError: cannot read postgres://u:geheim@host/db\n", "ValueError: cannot read postgres://u:xxxxx@host/db"},
		{"nothing", "", ""},
	} {
		if got := lastException(row.stderr); got != row.want {
			t.Errorf("%s: got %q, want %q", row.reason, got, row.want)
		}
	}
	if got := lastException(traceback + "ValueError: " + strings.Repeat("é", 10000)); len(got) > saidAtMost+10 {
		t.Errorf("%d bytes are said", len(got))
	}
}

// TestAskHangingProject stops a project that never answers, and asks none a
// question.
func TestAskHangingProject(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	managePy := filepath.Join(dir, "manage.py")
	script := filepath.Join(dir, "python.sh")
	quiet := func(string, ...any) {}
	for _, err := range []error{os.WriteFile(managePy, nil, 0o600), os.WriteFile(script, []byte("sleep 600 & sleep 600\n"), 0o600)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := Ask(ctx, managePy, []string{"sh", script}, quiet); err == nil ||
		!strings.Contains(err.Error(), "did not answer") {
		t.Errorf("got %v", err)
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %v", took)
	}

	asks := "read answer || { echo 'Traceback (most recent call last):' >&2; echo 'EOFError: EOF when reading a line' >&2; exit 1; }\n"
	if err := os.WriteFile(script, []byte(asks), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Ask(t.Context(), managePy, []string{"sh", script}, quiet)
	if err == nil || !strings.Contains(strings.Join(fail.HintsOf(err), " "), "asks a question") {
		t.Errorf("got %v, %s", err, fail.HintsOf(err))
	}
}
