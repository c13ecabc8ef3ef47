package auth_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/memstore"
)

// brokenList fails or finds what cannot be read, in the midst of a walk.
type brokenList struct {
	*memstore.Store
	err       error
	deleteErr error
}

func (b *brokenList) List(ctx context.Context, opts *djsession.ListOptions) iter.Seq2[*djsession.Record, error] {
	return func(yield func(*djsession.Record, error) bool) {
		for rec, err := range b.Store.List(ctx, opts) {
			if !yield(rec, err) {
				return
			}
			if b.err != nil && !yield(&djsession.Record{Key: "x", Data: new(djsession.Data)}, b.err) {
				return
			}
		}
	}
}

func (b *brokenList) Delete(ctx context.Context, key string) error {
	if b.deleteErr != nil {
		return b.deleteErr
	}
	return b.Store.Delete(ctx, key)
}

// indexed is a store that knows of an index, and shows when it is not used.
type indexed struct {
	*memstore.Store
	asked []string
}

func (i *indexed) List(context.Context, *djsession.ListOptions) iter.Seq2[*djsession.Record, error] {
	return func(yield func(*djsession.Record, error) bool) {
		yield(nil, errors.New("everybody's sessions were read"))
	}
}

func (i *indexed) ListUser(ctx context.Context, userID string, opts *djsession.ListOptions) iter.Seq2[*djsession.Record, error] {
	i.asked = append(i.asked, userID)
	return i.Store.List(ctx, opts)
}

// TestSessionsOfByIndex asks a store that can for one user's sessions, and
// still looks whose they are.
func TestSessionsOfByIndex(t *testing.T) {
	s := newSite(someUsers(), nil)
	alice := s.session(t, s.login("1")).Key()
	s.session(t, s.login("2"))
	store := &indexed{Store: s.store}
	if n, err := s.auth.LogoutEverywhere(t.Context(), store, "1", ""); n != 1 || err != nil || len(store.asked) != 1 || store.asked[0] != "1" {
		t.Errorf("%d sessions ended, %v, asked for %v", n, err, store.asked)
	}
	if _, err := s.store.Load(t.Context(), alice); !errors.Is(err, djsession.ErrNotFound) {
		t.Errorf("it is still there: %v", err)
	}
}

func TestSessionsOf(t *testing.T) {
	s := newSite(someUsers(), nil)
	alices := map[string]bool{}
	for _, json := range []string{s.login("1"), `{"_auth_user_id":1}`, `{"_auth_user_id":" 1"}`, s.login("1")} {
		alices[s.session(t, json).Key()] = true
	}
	var others []string
	for _, json := range []string{s.login("2"), `{}`, `{"_auth_user_id":"11"}`, `{"_auth_user_id":null}`, `{"_auth_user_id":"abc"}`, `{"id":"1"}`} {
		others = append(others, s.session(t, json).Key())
	}
	data := new(djsession.Data)
	data.Set("_auth_user_id", "1")
	if err := s.store.Create(t.Context(), &djsession.Record{Key: "expired0", Data: data, Expires: time.Now().Add(-time.Hour)}); err != nil {
		t.Fatal(err)
	}
	found := 0
	for rec, err := range s.auth.SessionsOf(t.Context(), s.store, "1") {
		if err != nil || !alices[rec.Key] {
			t.Errorf("got %v, %v", rec, err)
		}
		found++
	}
	if found != len(alices) {
		t.Errorf("%d sessions", found)
	}
	for range s.auth.SessionsOf(t.Context(), s.store, "1") {
		break // must not panic
	}

	broken := &brokenList{Store: s.store, err: djsession.ErrUnavailable}
	if n, err := s.auth.LogoutEverywhere(t.Context(), broken, "1", ""); !errors.Is(err, djsession.ErrUnavailable) || n > 1 {
		t.Errorf("a walk that failed: %d, %v", n, err)
	}
	broken = &brokenList{Store: s.store, deleteErr: djsession.ErrUnavailable}
	if n, err := s.auth.LogoutEverywhere(t.Context(), broken, "1", ""); !errors.Is(err, djsession.ErrUnavailable) || n != 0 {
		t.Errorf("a deletion that failed: %d, %v", n, err)
	}

	keep := s.session(t, s.login("1")).Key()
	broken = &brokenList{Store: s.store, err: &djsession.CorruptError{Err: fmt.Errorf("rubbish")}}
	n, err := s.auth.LogoutEverywhere(t.Context(), broken, "1", keep)
	var unread *auth.UnreadError
	if !errors.As(err, &unread) || unread.Count < len(alices) || !errors.Is(err, djsession.ErrCorrupt) || n < len(alices)-1 || n > len(alices) {
		t.Errorf("with sessions that cannot be read: got %d ended, %v; want all of the user's, and how many were not read", n, err)
	}
	for key := range alices {
		if s.stored(t, key) {
			t.Error("a session is still there")
		}
	}
	for _, key := range append(others, keep) {
		if !s.stored(t, key) {
			t.Error("a session is gone that should not be")
		}
	}
	if s.stored(t, "expired0") {
		t.Error("an expired session is alive")
	}
}

// failsOnce is a store one of whose sessions cannot be deleted.
type failsOnce struct {
	*memstore.Store
	failed bool
}

func (f *failsOnce) Delete(ctx context.Context, key string) error {
	if !f.failed {
		f.failed = true
		return djsession.ErrUnavailable
	}
	return f.Store.Delete(ctx, key)
}

// TestLogoutEverywhereGoesOn has one session that cannot be ended.
func TestLogoutEverywhereGoesOn(t *testing.T) {
	s := newSite(someUsers(), nil)
	for range 3 {
		s.session(t, s.login("1"))
	}
	n, err := s.auth.LogoutEverywhere(t.Context(), &failsOnce{Store: s.store}, "1", "")
	if n != 2 || !errors.Is(err, djsession.ErrUnavailable) {
		t.Errorf("got %d ended, %v; want the other 2, and the error", n, err)
	}
}

var _ auth.ListingStore = (*memstore.Store)(nil)
