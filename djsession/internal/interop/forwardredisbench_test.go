package interop

import (
	"errors"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/redis/rueidis"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/rueidiscache"
	"github.com/djsession/djsession-go/djsession/forwardauth"
	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// BenchmarkForwardAuthRedis is [BenchmarkForwardAuth] with sessions in Redis
// and users in SQLite.
func BenchmarkForwardAuthRedis(b *testing.B) {
	server := testenv.Redis(b)
	db, err := testenv.CopySite(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	conn, dialect := dbtest.Open(b, db)
	conn.SetMaxIdleConns(8)
	users := dbusers.New(conn, dialect, nil)
	login := auth.New(users, secret, &auth.Options{KeepLastLogin: true})
	bob, err := users.UserByName(b.Context(), "bob")
	if err != nil {
		b.Fatal(err)
	}
	client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{server.Addr()}})
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	// Another cache writes, as Django does: what one wrote itself a moment ago
	// it does not take from memory.
	session := djsession.NewManager(cachestore.New(rueidiscache.New(client, nil), nil), nil).New()
	if err := errors.Join(login.Login(b.Context(), session, bob), session.Save(b.Context())); err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		client   bool
		lifetime time.Duration
	}{{"redis", false, 0}, {"client cache", true, 0}, {"remembered", false, time.Second}} {
		b.Run(c.name, func(b *testing.B) {
			store := cachestore.New(rueidiscache.New(client, &rueidiscache.Options{ClientCache: c.client}), nil)
			sessions := djsession.NewManager(store, nil)
			h, err := forwardauth.New(sessions, login, &forwardauth.Options{From: forwardauth.XForwarded, Cache: c.lifetime,
				Headers: forwardauth.Headers{Username: "X-User"}, Logger: slog.New(slog.DiscardHandler)})
			if err != nil {
				b.Fatal(err)
			}
			front := httptest.NewServer(h)
			defer front.Close()
			checkUsers(b, front.URL+"/auth", session.Key())
		})
	}
}
