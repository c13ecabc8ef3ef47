// Command sharedlogin is a Go service next to a Django site: one shop, one
// login, one cart, two programs. Run it in the repository's directory; it works
// on a copy of testdata/db.sqlite3, which Django made:
//
//	go run ./djsession/examples/sharedlogin
//
// With -django 5.2 (make demo) a real Django answers under /admin/,
// /shop-django/ and /accounts/ of the same address.
//
// shop.go, login.go and cart.go have what a service of your own needs.
// theme.go, offer.go and visits.go keep something for a visitor, in a cookie or
// in the session; kept.go says what; reset.go sets forgotten passwords. main.go
// and django.go are for the demonstration.
package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	_ "time/tzdata"

	_ "modernc.org/sqlite"
)

func main() {
	addr := flag.String("addr", "localhost:8000", "where to listen")
	testdata := flag.String("testdata", "testdata", "the repository's testdata `directory`")
	series := flag.String("django", "", "also run the Django site, with this `series` of Django, such as 5.2")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, *testdata, *series); err != nil {
		fmt.Fprintln(os.Stderr, "sharedlogin:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, addr, testdata, series string) error {
	dir, err := os.MkdirTemp("", "sharedlogin")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	database, db, err := openCopy(dir, testdata)
	if err != nil {
		return fmt.Errorf("%w (run this in the repository's directory, or say where with -testdata)", err)
	}
	defer db.Close()
	site, err := readSite(testdata)
	if err != nil {
		return err
	}
	site.mails = filepath.Join(dir, "mails")
	os.Setenv("DJSESSION_MAILS", site.mails) // for Django
	var django *url.URL
	if series != "" {
		fmt.Printf("Starting Django %s ...\n", series)
		if django, err = startDjango(series, database); err != nil {
			return err
		}
		defer stopDjango()
	}

	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	site.url = "http://" + listener.Addr().String()
	printGuide(os.Stdout, listener.Addr().String(), django != nil)
	server := &http.Server{Handler: alongside(django, newShop(db, site, django != nil)), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// site is what the two programs must agree on, besides the database: Django's
// SECRET_KEY and SECRET_KEY_FALLBACKS.
type site struct {
	secretKey string
	fallbacks []string
	timeZone  *time.Location // Django's TIME_ZONE
	url       string         // for links in mails
	mails     string         // the directory that stands for a mail server
}

func readSite(testdata string) (site, error) {
	key, err := os.ReadFile(filepath.Join(testdata, "secret_key"))
	if err != nil {
		return site{}, err
	}
	fallbacks, err := os.ReadFile(filepath.Join(testdata, "secret_key_fallbacks"))
	if err != nil {
		return site{}, err
	}
	zone, err := time.LoadLocation("America/Chicago") // which Django takes if the settings do not say
	return site{
		secretKey: strings.TrimSuffix(string(key), "\n"),
		fallbacks: strings.Split(strings.TrimSuffix(string(fallbacks), "\n"), "\n"),
		timeZone:  zone,
	}, err
}

// openCopy copies the site's database into a directory and opens the copy.
func openCopy(dir, testdata string) (path string, db *sql.DB, err error) {
	path = filepath.Join(dir, "db.sqlite3")
	text, err := os.ReadFile(filepath.Join(testdata, "db.sqlite3"))
	if err != nil {
		return "", nil, err
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return "", nil, err
	}
	db, err = sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)")
	return path, db, err
}

func printGuide(w io.Writer, addr string, django bool) {
	fmt.Fprintf(w, `
The shop is open: http://%s/

  alice   alice's password   superuser
  bob     bob's password     staff, may see sessions
  carol   carol's password   a customer

Try this:

- Log in as carol and put tea into the cart. Then look at Sessions: that is for people with a permission.
- Choose a theme, hide the offer of the day, start a log of your visits. "What we keep" says which cookie does what.
- Forget carol's password: her address is carol@example.com, and mails are files.
- Ask who a session is about that Django 5.2 made long ago:
      curl --cookie sessionid=%s http://%s/whoami
`, addr, "bob"+strings.Repeat("0", 29), addr)
	if django {
		fmt.Fprintf(w, `- Log in as alice at http://%[1]s/admin/, which is Django, and come back: Go knows you.
- Put cups into the cart at http://%[1]s/shop-django/, which is Django too.
- Log out here, and Django has forgotten you.
`, addr)
	} else {
		fmt.Fprintln(w, "- Run it with a Django next to it: make demo")
	}
	fmt.Fprintln(w, "\nStop with Ctrl-C. What you change is in a copy of the database, and goes with it.")
}
