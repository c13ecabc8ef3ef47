package testenv

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// SiteOptions is how [StartSite] serves testdata's site.
type SiteOptions struct {
	// Series is the Django's: "5.2".
	Series string

	// Database is what the site runs on: it has Django's tables.
	Database *Database

	// Workers is how many processes gunicorn serves with, without DEBUG. Zero:
	// Django's development server.
	Workers int

	// Threads is how many threads each worker has, and then keeps connections.
	// Zero: gunicorn's default, one request at a time.
	Threads int
}

// A RunningSite is testdata's site, served over HTTP.
type RunningSite struct {
	URL *url.URL
	Pid int // of the server, and of the group of its workers
}

// StartSite serves testdata's site on a free port of the loopback interface.
// [Stop] ends it.
func StartSite(opts SiteOptions) (*RunningSite, error) {
	var err error
	// The port is free when it is chosen and may be taken when the server asks
	// for it.
	for range 3 {
		var site *RunningSite
		if site, err = startSite(opts); err == nil {
			return site, nil
		}
	}
	return nil, fmt.Errorf("the site with Django %s: %w", opts.Series, err)
}

// Site is [StartSite] for a test, which is skipped, or fails, without such a
// Django.
func Site(t testing.TB, opts SiteOptions) *RunningSite {
	t.Helper()
	dj := GetDjango(t, opts.Series)
	dj.On(t, opts.Database) // has it the driver?
	site, err := StartSite(opts)
	if err != nil {
		t.Fatal(err)
	}
	return site
}

func startSite(opts SiteOptions) (*RunningSite, error) {
	e, err := environmentOf(opts.Series)
	if err != nil {
		return nil, err
	}
	folder, err := testdata("site")
	if err != nil {
		return nil, err
	}
	database, err := json.Marshal(opts.Database.Settings)
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dir, err := serverDir("site")
	if err != nil {
		return nil, err
	}
	address := net.JoinHostPort("127.0.0.1", port)
	args := []string{filepath.Join(folder, "manage.py"), "runserver", "--noreload", address}
	if opts.Workers > 0 {
		args = []string{"-m", "gunicorn", "--chdir", folder, "--workers", strconv.Itoa(opts.Workers), "--bind", address,
			"--worker-tmp-dir", dir}
		if opts.Threads > 0 {
			args = append(args, "--worker-class", "gthread", "--threads", strconv.Itoa(opts.Threads), "--keep-alive", "60")
		}
		args = append(args, "wsgi:application")
	}
	cmd := e.command(args...)
	cmd.Dir = folder
	cmd.Env = append(cmd.Env, "DJSESSION_DATABASE="+string(database))
	if opts.Workers > 0 {
		cmd.Env = append(cmd.Env, "DJSESSION_DEBUG=0")
	}
	cmd.SysProcAttr = childAttributes(syscall.SIGTERM)
	p, err := launch(cmd, dir, syscall.SIGTERM)
	if err != nil {
		return nil, err
	}
	site := &RunningSite{&url.URL{Scheme: "http", Host: address, Path: "/"}, cmd.Process.Pid}
	if err := p.awaitAt(address, func() error { return getOK(site.URL) }); err != nil {
		return nil, err
	}
	atStop(p.stop)
	return site, nil
}

func environmentOf(series string) (environment, error) {
	for _, r := range releases {
		if r.series == series {
			return r.find()
		}
	}
	return environment{}, fmt.Errorf("the matrix has no Django %s", series)
}

func getOK(u *url.URL) error {
	client := http.Client{Timeout: 10 * time.Second}
	response, err := client.Get(u.String())
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", response.Status, lastBytes(text))
	}
	return nil
}

// CopySite returns a copy of testdata's database in a directory, for a site to
// write to.
func CopySite(dir string) (*Database, error) {
	path, err := testdata("db.sqlite3")
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	db := SQLiteFile(filepath.Join(dir, "db.sqlite3"))
	return db, os.WriteFile(db.DSN, text, 0o600)
}
