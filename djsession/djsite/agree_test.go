package djsite_test

import (
	"bytes"
	"database/sql"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cookiestore"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/djsite"
	"github.com/djsession/djsession-go/djsession/filestore"
	"github.com/djsession/djsession-go/djsession/redisstore"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// logged is what was logged as an error.
func logged(wire func(log *slog.Logger)) string {
	var b bytes.Buffer
	wire(slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelError})))
	return b.String()
}

// isOne reports whether lines are one that has a text, or none for "".
func isOne(lines, want string) bool {
	if want == "" {
		return lines == ""
	}
	return strings.Count(lines, "\n") == 1 && strings.Contains(lines, want)
}

// TestContradictionsByHand has a program give the same setting in two ways to
// two parts, without a Site: that is logged, once for each.
func TestContradictionsByHand(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	codec := djsession.NewCodec("s3cr3t", &djsession.CodecOptions{Fallbacks: []string{"s3cr3t-old", "s3cr3t-older"}})
	db, cache := new(sql.DB), struct{ cachestore.Cache }{}
	table := func(o *dbstore.Options) djsession.Store { return dbstore.New(db, sqldialect.MySQL, codec, o) }
	for _, test := range []struct {
		reason string
		store  djsession.Store
		opts   djsession.Options
		want   string // "" for none
	}{
		{"both have the defaults", table(nil), djsession.Options{}, ""},
		{"both have the zone", table(&dbstore.Options{Local: berlin}), djsession.Options{Local: berlin}, ""},
		{"the zone of a database alone", table(&dbstore.Options{TimeZone: berlin}), djsession.Options{}, ""},
		{
			"the zone of the table alone", table(&dbstore.Options{Local: berlin}), djsession.Options{},
			"Local of djsession.Options is nil",
		},
		{
			"the zone of the manager alone", table(nil), djsession.Options{Local: berlin},
			"Local of djsession.Options is Europe/Berlin",
		},
		{
			"two ages, before a table", cachestore.NewCachedDB(
				table(nil), cache, nil,
			), djsession.Options{CookieAge: time.Hour},
			"CookieAge of djsession.Options is 1h0m0s, and of cachestore.Options it is 336h0m0s",
		},
		{
			"the zone of the table, and none of the cache before it",
			cachestore.NewCachedDB(table(&dbstore.Options{Local: berlin}), cache, nil), djsession.Options{Local: berlin},
			"of cachestore.Options it is nil",
		},
		{
			"two ages, of a cache", cachestore.New(cache, &cachestore.Options{CookieAge: time.Hour}), djsession.Options{},
			"CookieAge",
		},
		{
			"two ages, of django-redis-sessions", redisstore.New(cache, codec, &redisstore.Options{CookieAge: time.Hour}),
			djsession.Options{}, "CookieAge",
		},
		{
			"two names, of files", filestore.New("/tmp", codec, nil), djsession.Options{CookieName: "shop"},
			"CookieName of djsession.Options is shop, and of filestore.Options it is sessionid",
		},
		{
			"two ages, of cookies", cookiestore.New("s3cr3t", nil), djsession.Options{CookieAge: time.Hour}, "CookieAge",
		},
	} {
		t.Run(test.reason, func(t *testing.T) {
			got := logged(func(log *slog.Logger) {
				test.opts.Logger = log
				djsession.NewManager(test.store, &test.opts)
			})
			if !isOne(got, test.want) {
				t.Errorf("got %q, want one line with %q", got, test.want)
			}
		})
	}
	fallbacks := []string{"s3cr3t-older", "s3cr3t-old"} // in another order
	for _, test := range []struct {
		reason, key string
		opts        auth.Options
		manager     djsession.Options
		want        string
	}{
		{"the same", "s3cr3t", auth.Options{Fallbacks: fallbacks}, djsession.Options{}, ""},
		{"another key", "s3cr3t2", auth.Options{Fallbacks: fallbacks}, djsession.Options{}, "SECRET_KEY of"},
		{"no fallbacks", "s3cr3t", auth.Options{}, djsession.Options{}, "Fallbacks of"},
		{"no key at all, which is an error of each call", "", auth.Options{}, djsession.Options{}, ""},
		{
			"the zone of the sessions, and none of the users", "s3cr3t", auth.Options{Fallbacks: fallbacks},
			djsession.Options{Local: berlin}, "of dbusers.Options it is nil",
		},
	} {
		for _, known := range []bool{true, false} {
			t.Run(test.reason, func(t *testing.T) {
				got := logged(func(log *slog.Logger) {
					opts := test.opts
					opts.Logger = log
					store := filestore.New(t.TempDir(), codec, &filestore.Options{Local: test.manager.Local})
					sessions := djsession.NewManager(store, &test.manager)
					if known {
						opts.Sessions = sessions
					}
					login := auth.New(dbusers.New(db, sqldialect.MySQL, nil), test.key, &opts)
					for range 2 {
						serve(sessions.Handler(login.Handler(http.HandlerFunc(who))), nil)
					}
				})
				if !isOne(got, test.want) {
					t.Errorf("Options.Sessions %v: got %q, want one line with %q", known, got, test.want)
				}
				if strings.Contains(got, "s3cr3t") {
					t.Errorf("a key is in %q", got)
				}
			})
		}
	}
}

// TestSitesAgree: what follows from a Site does not contradict itself.
func TestSitesAgree(t *testing.T) {
	for _, engine := range []string{"db", "cached_db", "cache", "file", "signed_cookies"} {
		t.Run(engine, func(t *testing.T) {
			site := shop()
			site.NaiveTimes, site.TimeZone = true, "Europe/Berlin"
			site.Session = djsite.Session{Engine: djangoBackends + engine, CookieName: "shop", CookieAge: time.Hour}
			if engine == "file" {
				site.Session.FilePath = t.TempDir()
			}
			got := logged(func(log *slog.Logger) {
				_, err := site.Open(connections(), &djsite.Options{
					Sessions: func(o *djsession.Options) { o.Logger = log }, Logins: func(o *auth.Options) { o.Logger = log },
				})
				if err != nil {
					t.Fatal(err)
				}
			})
			if got != "" {
				t.Errorf("it contradicts itself: %s", got)
			}
		})
	}
}
