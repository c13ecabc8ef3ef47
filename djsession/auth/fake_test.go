package auth_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/memstore"
)

const secret = "a secret that both sides know"

// fakeUsers are users in a map that does all a UserFinder can do, counts, and
// fails where a test wants it to.
type fakeUsers struct {
	pk          auth.PK
	users       map[string]auth.User
	permissions map[string][]string
	fail        error
	mu          sync.Mutex // for finds
	finds, asks int
	upgrades    []string
	quicker     func() // what somebody else does before an upgrade
	logins      []string
	devices     map[string]string // users' ids by "model/id"
}

func (f *fakeUsers) PK() auth.PK { return f.pk }

func (f *fakeUsers) UserByID(ctx context.Context, id string) (*auth.User, error) {
	f.mu.Lock()
	f.finds++
	f.mu.Unlock()
	auth.UserFromContext(ctx) // as a logger does that adds the user to each line
	u, ok := f.users[id]
	switch {
	case f.fail != nil:
		return nil, f.fail
	case !ok:
		return nil, auth.ReasonNoSuchUser
	}
	return &u, nil
}

func (f *fakeUsers) UserByName(ctx context.Context, name string) (*auth.User, error) {
	for id, u := range f.users {
		if u.Username == name {
			return f.UserByID(ctx, id)
		}
	}
	return f.UserByID(ctx, "")
}

func (f *fakeUsers) UpgradePassword(_ context.Context, u *auth.User, encoded string) error {
	f.upgrades = append(f.upgrades, u.ID+" "+string(u.Password)+" -> "+encoded)
	if f.quicker != nil {
		f.quicker()
	}
	if stored := f.users[u.ID]; f.fail == nil && stored.Password == u.Password {
		stored.Password = auth.EncodedPassword(encoded)
		f.users[u.ID] = stored
	}
	return f.fail
}

func (f *fakeUsers) RecordLogin(_ context.Context, u *auth.User, at time.Time) error {
	f.logins = append(f.logins, u.ID+" "+at.Format(time.RFC3339))
	return f.fail
}

func (f *fakeUsers) Permissions(_ context.Context, u *auth.User) ([]string, error) {
	f.asks++
	return f.permissions[u.ID], f.fail
}

func (f *fakeUsers) HasDevice(_ context.Context, u *auth.User, model, id string) (bool, error) {
	return f.devices[model+"/"+id] == u.ID, f.fail
}

// plainPasswords "hash" by a prefix, which an old hash lacks the end of, and
// count.
type plainPasswords struct{ checks, nobodies, makes int }

var errRubbish = errors.New("rubbish in the password column")

func (p *plainPasswords) Check(password, encoded string) (ok, mustUpdate bool, err error) {
	p.checks++
	if encoded == "rubbish" {
		return false, false, errRubbish
	}
	return encoded == "new$"+password || encoded == "old$"+password, strings.HasPrefix(encoded, "old$"), nil
}

func (p *plainPasswords) CheckNobody(string) { p.nobodies++ }

func (p *plainPasswords) Make(password string) (string, error) {
	p.makes++
	return "new$" + password, nil
}

// The users of most tests.
func someUsers() *fakeUsers {
	return &fakeUsers{
		users: map[string]auth.User{
			"1": {ID: "1", Username: "alice", Password: "new$alice's", IsActive: true, IsStaff: true, IsSuperuser: true},
			"2": {ID: "2", Username: "bob", Password: "old$bob's", IsActive: true},
			"3": {ID: "3", Username: "dave", Password: "new$dave's"},
			"4": {ID: "4", Username: "eve", Password: "", IsActive: true},
			"5": {ID: "5", Username: "twin", Password: "new$alice's", IsActive: true},
			"6": {ID: "6", Username: "frank", Password: "rubbish", IsActive: true},
		},
		permissions: map[string][]string{"2": {"shop.view_cart", "shop.change_cart", "blog.add_post"}, "3": {"shop.view_cart"}},
	}
}

// site is a store with its sessions and their logins.
type site struct {
	store    *memstore.Store
	sessions *djsession.Manager
	users    *fakeUsers
	auth     *auth.Auth
}

// newSite has the tests' key and says that its hashes are the site's.
func newSite(users *fakeUsers, opts *auth.Options) *site {
	proven := auth.Options{}
	if opts != nil {
		proven = *opts
	}
	proven.HashesProven = true
	store := memstore.New(nil)
	return &site{store, djsession.NewManager(store, nil), users, auth.New(users, secret, &proven)}
}

// session returns a stored session that holds what a JSON object does, and
// opens it by another manager if one is given.
func (s *site) session(t *testing.T, json string) *djsession.Session {
	t.Helper()
	return s.open(t, s.sessions, json)
}

func (s *site) open(t *testing.T, m *djsession.Manager, json string) *djsession.Session {
	t.Helper()
	data, err := djsession.JSON.Loads(json)
	if err != nil {
		t.Fatal(err)
	}
	rec := &djsession.Record{Key: djsession.NewKey(), Data: data, Expires: time.Now().Add(time.Hour)}
	if err := s.store.Create(t.Context(), rec); err != nil {
		t.Fatal(err)
	}
	session, err := m.Open(t.Context(), rec.Key)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

// login is what a session of a user holds.
func (s *site) login(id string) string {
	u := s.users.users[id]
	return fmt.Sprintf(`{"_auth_user_id":%q,"_auth_user_backend":%q,"_auth_user_hash":%q}`, id, auth.ModelBackend, s.auth.SessionHash(&u))
}

func (s *site) stored(t *testing.T, key string) bool {
	t.Helper()
	_, err := s.store.Load(t.Context(), key)
	return err == nil
}

func text(t *testing.T, s *djsession.Session) string {
	t.Helper()
	b, err := djsession.JSON.Dumps(nil, s.Data())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// oneUser finds the same user, whoever is asked for.
type oneUser struct{ user auth.User }

func (*oneUser) PK() auth.PK { return auth.PKInt }

func (o *oneUser) UserByID(context.Context, string) (*auth.User, error) {
	u := o.user
	return &u, nil
}
