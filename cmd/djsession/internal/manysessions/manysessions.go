// Package manysessions fills tables with sessions as a grown site has them, a
// million as easily as ten, for tests and benchmarks of what walks through
// whole tables. The same options make the same sessions.
package manysessions

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/pickled"
	"github.com/djsession/djsession-go/djsession/sqldialect"
	"github.com/djsession/djsession-go/pickle"
)

// The secrets that sign the sessions. LostKey stands for one that the site has
// lost.
const (
	SecretKey   = "the secret key of a site with many sessions"
	FallbackKey = "the secret key that it had before"
	LostKey     = "a secret key that the site has lost"
)

// Options is what the sessions are like. The zero value is a site that has only
// ever run on a recent Django.
type Options struct {
	Count   int
	Users   int           // default: a third of Count
	Expired float64       // share of expired sessions
	Old     float64       // share of sessions from before upgrades: legacy, pickled, old keys, damaged
	Now     time.Time     // default: time.Now
	Life    time.Duration // default: djsession.DefaultAge
}

// CreateTable makes django_session as Django's migrations do.
func CreateTable(db *sql.DB, dialect sqldialect.Dialect) error {
	text, datetime := "text", "datetime"
	switch dialect {
	case sqldialect.PostgreSQL:
		datetime = "timestamp with time zone"
	case sqldialect.MySQL:
		text, datetime = "longtext", "datetime(6)"
	}
	for _, statement := range []string{
		"CREATE TABLE django_session (session_key varchar(40) NOT NULL PRIMARY KEY, session_data " + text + " NOT NULL, expire_date " + datetime + " NOT NULL)",
		"CREATE INDEX django_session_expire_date_a5c62663 ON django_session (expire_date)",
	} {
		if _, err := db.Exec(statement); err != nil {
			return err
		}
	}
	return nil
}

// Fill inserts the sessions into the table django_session.
func Fill(ctx context.Context, db *sql.DB, dialect sqldialect.Dialect, o Options) error {
	if o.Users == 0 {
		o.Users = o.Count/3 + 1
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	if o.Life == 0 {
		o.Life = djsession.DefaultAge
	}
	batches := make(chan []djsession.EncodedRecord, 4)
	var makers sync.WaitGroup
	next := make(chan int)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for range runtime.GOMAXPROCS(0) {
		makers.Go(func() {
			m := newMaker(o)
			for first := range next {
				batch, err := m.batch(first, min(batchSize, o.Count-first))
				if err != nil {
					panic(err) // every kind of session can be encoded
				}
				select {
				case batches <- batch:
				case <-ctx.Done():
				}
			}
		})
	}
	go func() {
		for first := 0; first < o.Count && ctx.Err() == nil; first += batchSize {
			next <- first
		}
		close(next)
		makers.Wait()
		close(batches)
	}()
	return insert(ctx, db, dialect, batches)
}

const batchSize = 1000

// timeOf returns t as Django stores it.
func timeOf(d sqldialect.Dialect, t time.Time) any {
	if d == sqldialect.PostgreSQL {
		return t
	}
	return t.UTC().Format("2006-01-02 15:04:05.000000")
}

func insert(ctx context.Context, db *sql.DB, dialect sqldialect.Dialect, batches <-chan []djsession.EncodedRecord) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for batch := range batches {
		var args []any
		for _, text := range batch {
			args = append(args, text.Key, text.Data, timeOf(dialect, text.Expires))
		}
		query := "INSERT INTO django_session (session_key, session_data, expire_date) VALUES (?, ?, ?)" +
			strings.Repeat(", (?, ?, ?)", len(batch)-1)
		if _, err := tx.ExecContext(ctx, dialect.Rebind(query), args...); err != nil {
			return fmt.Errorf("inserting sessions: %w", err)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return tx.Commit()
}

// A maker makes sessions one after the other.
type maker struct {
	o      Options
	at     time.Time // when the session being made was signed
	random *rand.Rand
	codecs map[string]*djsession.Codec
}

func newMaker(o Options) *maker {
	m := &maker{o: o}
	now := func() time.Time { return m.at }
	codec := func(key string, opts djsession.CodecOptions) *djsession.Codec {
		opts.Now = now
		return djsession.NewCodec(key, &opts)
	}
	python := pickled.New(nil)
	m.codecs = map[string]*djsession.Codec{
		"modern":   codec(SecretKey, djsession.CodecOptions{}),
		"legacy":   codec(SecretKey, djsession.CodecOptions{Layout: djsession.LayoutLegacy}),
		"pickle":   codec(SecretKey, djsession.CodecOptions{Serializer: python}),
		"old":      codec(SecretKey, djsession.CodecOptions{Serializer: python, Layout: djsession.LayoutLegacy}),
		"fallback": codec(FallbackKey, djsession.CodecOptions{}),
		"lost":     codec(LostKey, djsession.CodecOptions{}),
	}
	return m
}

// batch makes the sessions of one range. It makes the same sessions each time.
func (m *maker) batch(first, n int) ([]djsession.EncodedRecord, error) {
	m.random = rand.New(rand.NewPCG(20261125, uint64(first)))
	batch := make([]djsession.EncodedRecord, n)
	for i := range batch {
		life := time.Duration(m.random.Float64() * float64(m.o.Life))
		expires := m.o.Now.Add(life + time.Second)
		if m.random.Float64() < m.o.Expired {
			expires = m.o.Now.Add(-time.Duration(m.random.ExpFloat64() * float64(60*24*time.Hour)))
		}
		m.at = expires.Add(-m.o.Life)
		kind := m.kind()
		text, err := m.codecs[kind].Encode(m.data(kind))
		if err != nil {
			return nil, err
		}
		if m.random.Float64() < m.o.Old/50 {
			text = text[:len(text)/2] + "*" + text[len(text)/2:]
		}
		batch[i] = djsession.EncodedRecord{Key: m.text("abcdefghijklmnopqrstuvwxyz0123456789", 32), Data: text, Expires: expires.Truncate(time.Microsecond)}
	}
	return batch, nil
}

func (m *maker) kind() string {
	if m.random.Float64() >= m.o.Old {
		return "modern"
	}
	kinds := []string{"legacy", "pickle", "old", "fallback", "lost"}
	return kinds[m.random.IntN(len(kinds))]
}

// data is a login, a login with a cart, or a visitor without either; what is
// pickled has what JSON cannot hold.
func (m *maker) data(kind string) *djsession.Data {
	d := new(djsession.Data)
	if m.random.IntN(3) == 0 {
		d.Set("_csrftoken", m.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 32))
		d.Set("landing", "/campaign/"+strconv.Itoa(m.random.IntN(40)))
	} else {
		hash := 64
		if kind == "legacy" || kind == "old" {
			hash = 40
		}
		// A few users are responsible for many sessions.
		user := int(float64(m.o.Users) * m.random.Float64() * m.random.Float64() * m.random.Float64())
		d.Set("_auth_user_id", strconv.Itoa(user+1))
		d.Set("_auth_user_backend", "django.contrib.auth.backends.ModelBackend")
		d.Set("_auth_user_hash", m.text("0123456789abcdef", hash))
	}
	if n := m.random.IntN(20) - 10; n > 0 {
		var cart []any
		for range n {
			cart = append(cart, map[string]any{"sku": m.text("ABCDEFGHJKLMNP", 8), "qty": m.random.IntN(5) + 1, "price": "19.90"})
		}
		d.Set("cart", cart)
	}
	if kind == "pickle" || kind == "old" {
		switch m.random.IntN(4) {
		case 0:
			d.Set("last_seen", pickle.DateTimeOf(m.at))
		case 1:
			d.Set("total", pickle.Decimal("19.90"))
		case 2:
			d.Set("pair", pickle.Tuple{int64(1), "two"})
		}
	}
	return d
}

func (m *maker) text(alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[m.random.IntN(len(alphabet))]
	}
	return string(b)
}
