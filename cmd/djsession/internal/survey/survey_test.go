package survey_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/manysessions"
	"github.com/djsession/djsession-go/cmd/djsession/internal/survey"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/djsession/pickled"
	"github.com/djsession/djsession-go/djsession/sqldialect"

	_ "modernc.org/sqlite" // sqlite
)

var now = time.Date(2026, 11, 23, 20, 17, 27, 0, time.UTC)

// readAll is a codec that reads whatever a known key signed.
func readAll() *djsession.Codec {
	return djsession.NewCodec(manysessions.SecretKey, &djsession.CodecOptions{
		Fallbacks:  []string{manysessions.FallbackKey},
		AlsoRead:   []djsession.Serializer{pickled.New(nil)},
		AcceptSHA1: true,
	})
}

// source is a table of sessions as a grown site has them.
func source(t testing.TB, o manysessions.Options) *survey.Source {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "db.sqlite3")+"?_pragma=synchronous(off)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	o.Now = now
	if err := errors.Join(manysessions.CreateTable(db, sqldialect.SQLite), manysessions.Fill(t.Context(), db, sqldialect.SQLite, o)); err != nil {
		t.Fatal(err)
	}
	store := dbstore.New(db, sqldialect.SQLite, readAll(), &dbstore.Options{Now: func() time.Time { return now }})
	t.Cleanup(func() { store.Close() })
	return &survey.Source{Store: store, Codec: readAll(), List: djsession.ListOptions{Order: djsession.OrderAny}}
}

// TestTake holds the sums against those that one loop over the store's own list
// makes.
func TestTake(t *testing.T) {
	const count = 3000
	src := source(t, manysessions.Options{Count: count, Expired: 0.3, Old: 0.5})
	var seen int64
	src.Progress = func(n int64) { seen = n }
	got, err := survey.Take(t.Context(), src, now)
	if err != nil {
		t.Fatal(err)
	}
	var live, loggedIn, unreadable, legacy, fallback, modernJSON, bytes int64
	users, names := map[string]int64{}, map[string]int64{}
	for rec, err := range src.Store.List(t.Context(), nil) {
		isLive := rec.Expires.After(now)
		if isLive {
			live++
		}
		if err != nil {
			unreadable++
			continue
		}
		if user, ok := rec.Data.Text("_auth_user_id"); ok {
			loggedIn++
			if isLive {
				users[user]++
			}
		}
		for name := range rec.Data.Names() {
			names[name]++
		}
		if rec.Encoding.Layout == djsession.LayoutLegacy {
			legacy++
		} else if rec.Encoding.Serializer == "json" {
			modernJSON++
		}
		if rec.Encoding.Key == 1 {
			fallback++
		}
		bytes += int64(rec.Encoding.Size)
	}
	for _, row := range []struct {
		what      string
		got, want int64
	}{
		{"sessions", got.Sessions, count},
		{"seen", seen, count},
		{"live", got.Live.Sessions, live},
		{"expired", got.Expired.Sessions, count - live},
		{"logged in", got.Live.LoggedIn + got.Expired.LoggedIn, loggedIn},
		{"unreadable", got.Live.Unread + got.Expired.Unread, unreadable},
		{"unreadable, by reason", sum(got.Unreadable), unreadable},
		{"in the legacy layout", got.Layouts[1].Sessions, legacy},
		{"under a fallback", got.Keys[1].Sessions, fallback},
		{"for the newest Django", got.Readers[0].Sessions, modernJSON},
		{"distinct users", got.Users.Distinct, int64(len(users))},
		{"of the first user", got.Users.Top[0].Sessions, users[got.Users.Top[0].User]},
		{"with the first name", got.Names[0].Sessions, names[got.Names[0].Name]},
		{"bytes", got.Payload.Total, bytes},
		{"in bands of size", sum(got.Stored.Bands), count},
		{"by week", sum(got.Expiring), live},
		{"by time since expiry", sum(got.ExpiredSince), count - live},
	} {
		if row.got != row.want {
			t.Errorf("%s: %d, want %d", row.what, row.got, row.want)
		}
	}
	for i, u := range got.Users.Top[1:] {
		if u.Sessions > got.Users.Top[i].Sessions {
			t.Errorf("users are not in order: %v", got.Users.Top)
		}
	}
}

func sum(buckets []survey.Bucket) (n int64) {
	for _, b := range buckets {
		n += b.Sessions
	}
	return n
}

// TestTakeAnyStore surveys a store that keeps no texts.
func TestTakeAnyStore(t *testing.T) {
	store := memstore.New(&memstore.Options{Now: func() time.Time { return now }})
	for i := range 700 {
		d := new(djsession.Data)
		d.Set("_auth_user_id", fmt.Sprint(i%7))
		if err := store.Create(t.Context(), &djsession.Record{Key: djsession.NewKey(), Data: d, Expires: now.Add(time.Duration(i-100) * time.Minute)}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := survey.Take(t.Context(), &survey.Source{Store: store}, now)
	if err != nil {
		t.Fatal(err)
	}
	if got.Sessions != 700 || got.Live.LoggedIn != 599 || got.Users.Distinct != 7 || len(got.Serializers) != 0 {
		t.Errorf("got %+v", got)
	}
}

// TestCancelled ends a walk in the middle.
func TestCancelled(t *testing.T) {
	src := source(t, manysessions.Options{Count: 5000})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	src.Progress = func(int64) { cancel() }
	if r, err := survey.Take(ctx, src, now); !errors.Is(err, context.Canceled) || r != nil {
		t.Errorf("got %v, %v", r, err)
	}
}

// TestHTML has names and ids that are markup.
func TestHTML(t *testing.T) {
	tally := survey.NewTally(now)
	d := new(djsession.Data)
	d.Set("_auth_user_id", "<b>7</b>")
	d.Set("<script>alert(1)</script>", 1)
	tally.Add(&survey.Session{Key: "secretsecret", Data: d, Expires: now.Add(time.Hour), Encoding: djsession.Encoding{Serializer: "json", Size: 5}})
	var page strings.Builder
	if err := tally.Report().HTML(&page, "a & b"); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "<b>7", "a & b", "secretsecret", "ZgotmplZ"} {
		if strings.Contains(page.String(), bad) {
			t.Errorf("the page has %s", bad)
		}
	}
	for _, good := range []string{"&lt;script&gt;alert(1)", "user &lt;b&gt;7", "a &amp; b", "@" + djsession.Fingerprint("secretsecret")} {
		if !strings.Contains(page.String(), good) {
			t.Errorf("the page lacks %s", good)
		}
	}
}

func TestCountsForgetTheRare(t *testing.T) {
	var a, b survey.Counts
	for i := range 400_000 {
		c := []*survey.Counts{&a, &b}[i%2]
		c.Add(fmt.Sprint("rare", i))
		if i%4 < 2 {
			c.Add("often")
		}
		if i%100 < 2 {
			c.Add("sometimes")
		}
	}
	a.Merge(&b)
	top := a.Top(2)
	if top[0].Text != "often" || top[1].Text != "sometimes" {
		t.Fatalf("got %v", top)
	}
	for i, want := range []int64{200_000, 8000} {
		if n := top[i].Count; n > want || n+a.Missed() < want {
			t.Errorf("%s: %d, at most %d too few, want %d", top[i].Text, n, a.Missed(), want)
		}
	}
	if a.Missed() == 0 || a.Len() > 100_001 {
		t.Errorf("%d are kept, missed %d", a.Len(), a.Missed())
	}
}

func TestSizes(t *testing.T) {
	var a, b survey.Sizes
	for i := range 10_000 {
		if i%3 == 0 {
			a.Add(i)
		} else {
			b.Add(i)
		}
	}
	a.Merge(&b)
	for _, q := range []float64{0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.9999, 1} {
		got, want := a.Quantile(q), int64(q*10_000)
		if off := got - min(want, 9999); off < 0 || off > want/16+1 {
			t.Errorf("quantile %v: %d, want about %d", q, got, want)
		}
	}
}

// BenchmarkTake is nanoseconds a session, on all cores.
func BenchmarkTake(b *testing.B) {
	const count = 50_000
	src := source(b, manysessions.Options{Count: count, Expired: 0.3})
	runtime.GC()
	b.ReportAllocs()
	for b.Loop() {
		if r, err := survey.Take(b.Context(), src, now); err != nil || r.Sessions != count {
			b.Fatal(r, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/count, "ns/session")
}
