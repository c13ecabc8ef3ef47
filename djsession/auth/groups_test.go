package auth_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/djsession/djsession-go/djsession/auth"
)

// groupedUsers are some users, of whom bob is in groups.
type groupedUsers struct {
	*fakeUsers
	queries int
}

func (g *groupedUsers) Groups(_ context.Context, u *auth.User) ([]string, error) {
	g.queries++
	if u.ID == "2" {
		return []string{"editors", "authors"}, g.fail
	}
	return nil, g.fail
}

func TestGroups(t *testing.T) {
	users := &groupedUsers{fakeUsers: someUsers()}
	login := auth.New(users, secret, &auth.Options{Passwords: new(plainPasswords)})
	for _, c := range []struct {
		why, name, password string
		want                []string
	}{
		{"sorted", "bob", "bob's", []string{"authors", "editors"}},
		{"none", "alice", "alice's", []string{}},
	} {
		t.Run(c.why, func(t *testing.T) {
			u, err := login.Authenticate(t.Context(), c.name, c.password)
			if err != nil {
				t.Fatal(err)
			}
			users.queries = 0
			for range 2 {
				got, err := login.Groups(t.Context(), u)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
				for i := range got {
					got[i] = "changed by the caller"
				}
			}
			if users.queries != 1 {
				t.Errorf("got %d queries, want 1", users.queries)
			}
		})
	}
	if got, err := login.Groups(t.Context(), nil); err != nil || got != nil {
		t.Errorf("of a nil user: got %v, %v; want none", got, err)
	}
	users.fail = errors.New("down")
	if _, err := login.Groups(t.Context(), &auth.User{ID: "2"}); !errors.Is(err, users.fail) {
		t.Errorf("got %v, want the error of the users", err)
	}
	if _, err := auth.New(someUsers(), secret, nil).Groups(t.Context(), &auth.User{ID: "2"}); err == nil {
		t.Error("users without groups: got no error")
	}
}
