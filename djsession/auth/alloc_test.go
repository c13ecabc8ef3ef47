//go:build !race

package auth_test

import (
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

// TestAllocations bounds the garbage of a question that is asked at each
// request. Under the race detector pools forget what they hold.
func TestAllocations(t *testing.T) {
	users := someUsers()
	alice := users.users["1"]
	session := djsession.NewManager(nil, nil).New()
	a := auth.New(&oneUser{users.users["1"]}, secret, nil)
	session.Set("_auth_user_id", "1")
	session.Set("_auth_user_backend", auth.ModelBackend)
	session.Set("_auth_user_hash", a.SessionHash(&alice))
	n := testing.AllocsPerRun(100, func() {
		if _, err := a.User(t.Context(), session); err != nil {
			t.Fatal(err)
		}
	})
	if n > 2 { // the user and the memory of its permissions
		t.Errorf("%v allocations", n)
	}
}
