package storetest

import (
	"slices"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

const userID = "_auth_user_id"

var userListing = []rule{
	{"ListUser/whose", "a user's sessions are listed, by order, page and state, and nobody else's", func(t *test) {
		ann, bob, cid := t.h.UserIDs[0], t.h.UserIDs[1], t.h.UserIDs[2]
		a, b := t.create(time.Hour, userID, ann), t.create(3*time.Hour, userID, ann)
		t.create(time.Hour, userID, bob)
		t.create(time.Hour, "a", ann)
		for _, row := range []struct {
			reason, user string
			opts         djsession.ListOptions
			want         []*djsession.Record
		}{
			{"all", ann, djsession.ListOptions{Order: djsession.OrderByExpiry}, []*djsession.Record{a, b}},
			{"in pages of one", ann, djsession.ListOptions{Order: djsession.OrderByExpiryDescending, PageSize: 1}, []*djsession.Record{b, a}},
			{"of nobody", cid, djsession.ListOptions{}, nil},
			{"until", ann, djsession.ListOptions{To: a.Expires.Add(time.Second)}, []*djsession.Record{a}},
		} {
			if got := t.listUser(row.user, &row.opts); !slices.Equal(got, keys(row.want)) {
				t.Errorf("%s: %d sessions, want %d", row.reason, len(got), len(row.want))
			}
		}
		if t.advance(2 * time.Hour); !slices.Equal(t.listUser(ann, &djsession.ListOptions{State: djsession.StateLive}), keys([]*djsession.Record{b})) {
			t.Errorf("a session that has expired is listed as live, or one that lives is not")
		}
	}},
	{"ListUser/changes", "a session that is saved with another user, or without one, is that one's", func(t *test) {
		ann, bob := t.h.UserIDs[0], t.h.UserIDs[1]
		rec, out := t.create(time.Hour, userID, ann), t.create(time.Hour, userID, ann)
		rec.Data.Set(userID, bob)
		out.Data.Delete(userID)
		for _, rec := range []*djsession.Record{rec, out} {
			t.wantError("Update", t.store.Update(t.ctx, rec), nil)
		}
		if got := t.listUser(ann, nil); len(got) != 0 {
			t.Errorf("%d sessions of who has none any more", len(got))
		}
		if got := t.listUser(bob, nil); !slices.Equal(got, []string{rec.Key}) {
			t.Errorf("%d sessions of who has one now", len(got))
		}
	}},
}

func (t *test) listUser(userID string, opts *djsession.ListOptions) []string {
	t.Helper()
	var recs []*djsession.Record
	for rec, err := range t.store.(djsession.UserLister).ListUser(t.ctx, userID, opts) {
		if err != nil {
			t.Fatalf("ListUser: %v", err)
		}
		recs = append(recs, rec)
	}
	return keys(recs)
}
