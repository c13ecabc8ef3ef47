package djsession_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// A handler that counts visits in the session it shares with Django.
func Example() {
	var db *sql.DB // the site's database, by any driver

	codec := djsession.NewCodec(os.Getenv("DJANGO_SECRET_KEY"), nil)
	sessions := djsession.NewManager(dbstore.New(db, sqldialect.PostgreSQL, codec, nil), nil)
	http.Handle("/", sessions.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session, err := djsession.FromRequest(r)
		if err != nil {
			djsession.Error(w, r, err) // the store is down: 503, not "logged out"
			return
		}
		visits, _, _ := djsession.Get[int](session, "visits")
		session.Set("visits", visits+1)
		fmt.Fprintf(w, "visit %d\n", visits+1)
	})))
}

// A session read out of Django's table, with the site's SECRET_KEY.
func ExampleCodec() {
	codec := djsession.NewCodec("django-insecure-example", nil)
	data := new(djsession.Data)
	data.Set("_auth_user_id", "42")
	data.Set("cart", []int{3, 1, 2})
	text, err := codec.Encode(data)
	if err != nil {
		fmt.Println(err)
	}

	again, err := codec.Decode(text)
	if err != nil {
		fmt.Println(err)
	}
	id, _ := again.Text("_auth_user_id")
	cart, _, _ := djsession.Get[[]int](again, "cart")
	fmt.Println(id, cart)

	_, err = djsession.NewCodec("another key", nil).Decode(text)
	fmt.Println(err)
	// Output:
	// 42 [3 1 2]
	// djsession: session data corrupted: signing: signature does not match
}

// A worker that opens a session by the key that a message carries.
func ExampleManager_Open() {
	ctx := context.Background()
	sessions := djsession.NewManager(memstore.New(nil), nil)
	session := sessions.New()
	session.Set("report", "pending")
	if err := session.Save(ctx); err != nil {
		fmt.Println(err)
	}

	found, err := sessions.Open(ctx, session.Key())
	if err != nil {
		fmt.Println(err)
		return
	}
	found.Set("report", "ready")
	fmt.Println(found.Save(ctx))
	// Output: <nil>
}

// Metrics of every call of the store: here as log lines, with Prometheus as
// latency.WithLabelValues(e.Op, e.Outcome()).Observe(e.Duration.Seconds()).
func ExampleOptions_observe() {
	sessions := djsession.NewManager(memstore.New(nil), &djsession.Options{
		Observe: func(ctx context.Context, e djsession.Event) {
			slog.DebugContext(ctx, "session store", "op", e.Op, "outcome", e.Outcome(), "took", e.Duration)
		},
	})
	_ = sessions
}

// A session that ends five minutes after it was last saved, and one that ends
// with the browser.
func ExampleSession_SetExpiry() {
	session := djsession.NewManager(memstore.New(nil), nil).New()
	session.SetExpiry(djsession.ExpireAfter(5 * time.Minute))
	age, err := session.ExpiryAge()
	fmt.Println(age, err)
	session.SetExpiry(djsession.ExpireOnClose)
	fmt.Println(session.ExpiresOnClose())
	// Output:
	// 5m0s <nil>
	// true <nil>
}
