package storetest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/pyjson"
)

// create stores a session that lives so long, with names and values in turn.
func (t *test) create(life time.Duration, namesAndValues ...any) *djsession.Record {
	t.Helper()
	rec := &djsession.Record{Key: djsession.NewKey(), Data: data(namesAndValues...), Expires: t.clock.Now().Add(life)}
	if err := t.store.Create(t.ctx, rec); err != nil {
		t.Fatalf("Create: %v", err)
	}
	return rec
}

func (t *test) load(key string) *djsession.Record {
	t.Helper()
	rec, err := t.store.Load(t.ctx, key)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return rec
}

func (t *test) wantError(what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("%s: got error %v, want %v", what, err, want)
	}
}

func (t *test) wantNot(what string, err error, others ...error) {
	t.Helper()
	for _, other := range others {
		if errors.Is(err, other) {
			t.Errorf("%s: error %v matches %v", what, err, other)
		}
	}
}

func (t *test) wantAbsent(key string) {
	t.Helper()
	rec, err := t.store.Load(t.ctx, key)
	if rec != nil {
		t.Errorf("Load of an absent session gave a record")
	}
	t.wantError("Load of an absent session", err, djsession.ErrNotFound)
}

// wantData compares as Python would print it, so that 1 and 1.0 differ and
// order counts. Spaces do not.
func (t *test) wantData(got *djsession.Data, want string) {
	t.Helper()
	if s := jsonOf(got); s != want {
		t.Errorf("data: got %s, want %s", s, want)
	}
}

func (t *test) wantExpiry(got *djsession.Record, want time.Time) {
	t.Helper()
	if t.h.NoExpiry {
		want = time.Time{}
	}
	if d := got.Expires.Sub(want).Abs(); d > t.h.ExpiryPrecision {
		t.Errorf("expiry is off by %v", d)
	}
}

func data(namesAndValues ...any) *djsession.Data {
	d := new(djsession.Data)
	for i := 0; i < len(namesAndValues); i += 2 {
		d.Set(namesAndValues[i].(string), namesAndValues[i+1])
	}
	return d
}

func jsonOf(d *djsession.Data) string {
	text, err := djsession.JSON.Dumps(nil, d)
	if err != nil {
		return fmt.Sprintf("not JSON: %v", err)
	}
	var compact bytes.Buffer
	if json.Compact(&compact, text) == nil { // NaN is not JSON to it
		return compact.String()
	}
	return string(text)
}

func rawJSON(text string) pyjson.Raw { return pyjson.Raw(text) }
