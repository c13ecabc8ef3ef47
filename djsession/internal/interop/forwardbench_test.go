package interop

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/forwardauth"
	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// BenchmarkForwardAuth is a check over HTTP, as a proxy asks, next to a Django
// view that does the same, on the same database with as many connections.
func BenchmarkForwardAuth(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		db, err := testenv.CopySite(b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		benchmarkForwardAuth(b, db)
	})
	b.Run("postgresql", func(b *testing.B) {
		db := testenv.PostgreSQL(b).Database(b)
		dj := testenv.GetDjango(b, "5.2").On(b, db)
		dj.Migrate(b)
		dj.Run(b, `
			from django.contrib.auth.models import User
			User.objects.create_user("alice")
			User.objects.create_user("bob")
		`, nil, nil)
		benchmarkForwardAuth(b, db)
	})
}

func benchmarkForwardAuth(b *testing.B, db *testenv.Database) {
	conn, dialect := dbtest.Open(b, db)
	conn.SetMaxIdleConns(8)
	text, err := os.ReadFile(filepath.Join(testenv.Testdata(b, ""), "secret_key"))
	if err != nil {
		b.Fatal(err)
	}
	key := strings.TrimSpace(string(text))
	sessions := djsession.NewManager(dbstore.New(conn, dialect, djsession.NewCodec(key, nil), nil), nil)
	users := dbusers.New(conn, dialect, nil)
	login := auth.New(users, key, &auth.Options{KeepLastLogin: true})
	bob, err := users.UserByName(b.Context(), "bob")
	if err != nil {
		b.Fatal(err)
	}
	session := sessions.New()
	if err := errors.Join(login.Login(b.Context(), session, bob), session.Save(b.Context())); err != nil {
		b.Fatal(err)
	}
	for name, lifetime := range map[string]time.Duration{"go": 0, "go remembered": time.Second} {
		b.Run(name, func(b *testing.B) {
			h, err := forwardauth.New(sessions, login, &forwardauth.Options{From: forwardauth.XForwarded, Cache: lifetime,
				Headers: forwardauth.Headers{Username: "X-User"}, Logger: slog.New(slog.DiscardHandler)})
			if err != nil {
				b.Fatal(err)
			}
			server := httptest.NewServer(h)
			defer server.Close()
			checkUsers(b, server.URL+"/auth", session.Key())
		})
	}
	b.Run("django under gunicorn", func(b *testing.B) {
		checkUsers(b, testenv.Site(b, testenv.SiteOptions{Series: "5.2", Database: db, Workers: 2, Threads: 4}).URL.String(), session.Key())
	})
}

// checkUsers asks about one user over eight connections.
func checkUsers(b *testing.B, url, key string) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	var took []time.Duration
	b.SetParallelism(4)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		var own []time.Duration
		for pb.Next() {
			start := time.Now()
			if err := checkUser(client, url, key); err != nil {
				b.Error(err)
				return
			}
			own = append(own, time.Since(start))
		}
		mu.Lock()
		defer mu.Unlock()
		took = append(took, own...)
	})
	slices.Sort(took)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "checks/s")
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

func checkUser(client *http.Client, url, key string) error {
	r, err := http.NewRequest("GET", url, nil)
	if err != nil {
		return err
	}
	r.Header = http.Header{"X-Forwarded-Method": {"GET"}, "X-Forwarded-Uri": {"/"}, "X-Forwarded-Host": {"a"}, "X-Forwarded-Proto": {"https"},
		"Cookie": {"sessionid=" + key}}
	response, err := client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && (response.StatusCode != 200 || response.Header.Get("X-User") != "bob" && !strings.Contains(string(body), `"bob"`)) {
		err = fmt.Errorf("got %d %q, want bob", response.StatusCode, body)
	}
	return err
}
