package interop

import (
	"bytes"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/faultproxy"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// TestCommandBehindPoolers has many commands list, count and clear at once
// through a pooler in transaction mode.
func TestCommandBehindPoolers(t *testing.T) {
	program := buildCommand(t).path
	server := testenv.PostgreSQL(t)
	db := server.Database(t)
	conn, _ := dbtest.Open(t, db)
	dbtest.CreateTable(t, conn, db.Vendor)
	if _, err := conn.Exec("INSERT INTO django_session SELECT 'key' || n, 'e30:x', now() + interval '1 day' FROM generate_series(1, 50) n"); err != nil {
		t.Fatal(err)
	}
	for name, opts := range map[string]testenv.PgBouncerOptions{"1.18": {}, "1.26": {Newer: true}, "1.26 that knows statements": {Newer: true, MaxPrepared: 200}} {
		t.Run(name, func(t *testing.T) {
			store := testenv.PgBouncer(t, server, opts).Through(t, db).URL
			var commands sync.WaitGroup
			for n := range 18 {
				args := [][]string{{"list"}, {"stats"}, {"clear", "--yes"}}[n%3]
				commands.Go(func() {
					cmd := exec.Command(program, append(args, "--store", store)...)
					cmd.Env = append(os.Environ(), "DJANGO_SECRET_KEY=a secret")
					output, err := cmd.CombinedOutput()
					if err != nil {
						t.Errorf("%v: %v: %s", args, err, output)
					} else if args[0] == "list" && strings.Count(string(output), "\n") < 50 {
						t.Errorf("list: got %s", output)
					}
				})
			}
			commands.Wait()
		})
	}
}

// TestCommandEndsInSilence has the network go silent under a command that is
// then told to end.
func TestCommandEndsInSilence(t *testing.T) {
	program := buildCommand(t).path
	server := testenv.PostgreSQL(t)
	db := server.Database(t)
	conn, _ := dbtest.Open(t, db)
	dbtest.CreateTable(t, conn, db.Vendor)
	if _, err := conn.Exec("INSERT INTO django_session SELECT 'key' || n, repeat('x', 10000), now() + interval '1 day' FROM generate_series(1, 5000) n"); err != nil {
		t.Fatal(err)
	}
	proxy := faultproxy.New(t, server.Addr())
	proxy.Set(faultproxy.Fault{Garble: silentAfter(1 << 20)})
	u, err := url.Parse(db.URL)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = proxy.Addr()
	var output bytes.Buffer
	cmd := exec.Command(program, "stats", "--store", u.String())
	cmd.Env = append(os.Environ(), "DJANGO_SECRET_KEY=a secret")
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second)
	start := time.Now()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	kill := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
	defer kill.Stop()
	err = cmd.Wait()
	if took := time.Since(start); err == nil || took > 5*time.Second {
		t.Errorf("it ended %v after SIGTERM: %v: %s", took, err, output.String())
	}
}

// silentAfter lets so many bytes of answers pass.
func silentAfter(n int) func(piece []byte) []byte {
	return func(piece []byte) []byte {
		piece = piece[:max(0, min(n, len(piece)))]
		n -= len(piece)
		return piece
	}
}
