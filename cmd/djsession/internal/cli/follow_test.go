package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/cli"
)

// TestFollow watches a table while sessions are saved in it.
func TestFollow(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "db.sqlite3")
	if err := emptyDatabase(path); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"DATABASE_URL": path, "DJANGO_SECRET_KEY": "x", "DJSESSION_CONFIG": os.DevNull}
	var ticks atomic.Int64
	now := func() time.Time { return clock.Add(time.Duration(ticks.Load())) }
	importLines := func(lines string) {
		t.Helper()
		var stderr bytes.Buffer
		lines += fmt.Sprintf(`{"end":{"sessions":%d}}`, strings.Count(lines, "\n"))
		if status := cli.Run(t.Context(), now, strings.NewReader(lines), io.Discard, &stderr, env, "import", "--replace", "--yes"); status != 0 {
			t.Fatalf("import: %d: %s", status, &stderr)
		}
	}
	session := func(key string, lives time.Duration) string {
		return `{"key":"` + key + `","expires":"` + now().Add(lives).Format(time.RFC3339) + `","data":{"cart":[]}}` + "\n"
	}
	const usual = 14 * 24 * time.Hour
	importLines(session("before00", usual) + session("lasting0", 100*usual))

	ctx, stop := context.WithCancel(t.Context())
	r, w := io.Pipe()
	done := make(chan int, 1)
	go func() {
		var stderr bytes.Buffer
		done <- cli.Run(ctx, now, strings.NewReader(""), w, &stderr, env, "list", "--follow", "--interval", "10ms", "--json", "--reveal", "--name", "cart")
		w.Close()
		if stderr.Len() > 0 {
			t.Errorf("stderr: %s", &stderr)
		}
	}()
	lines := bufio.NewScanner(r)
	expect := func(key string) {
		t.Helper()
		if !lines.Scan() {
			t.Fatalf("the output ended before %s", key)
		}
		if !strings.HasPrefix(lines.Text(), `{"key":"`+key+`"`) {
			t.Fatalf("expected %s: %s", key, lines.Text())
		}
	}
	expect("before00") // the oldest of them first, as tail does
	expect("lasting0")
	ticks.Store(int64(time.Minute))
	importLines(session("new00000", usual))
	expect("new00000")
	ticks.Store(int64(2 * time.Minute))
	importLines(session("before00", usual)) // saved again
	expect("before00")
	stop()
	if lines.Scan() {
		t.Errorf("one more line: %s", lines.Text())
	}
	if status := <-done; status != 0 {
		t.Errorf("Ctrl-C is how one ends it, and exits with %d", status)
	}
}
