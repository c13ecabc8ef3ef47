package account

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/pickled"
	"github.com/djsession/djsession-go/pickle"
)

// A user is found whatever form the session has of the id, and before and
// beyond the login as packages keep it.
func TestWhoseSession(t *testing.T) {
	number := &Account{auth.PKInt, "42", "ann"}
	uuid := &Account{auth.PKUUID, "c85e3250-0a9a-9c99-e2dd-1d81b514aded", "ann"}
	for _, tt := range []struct {
		name, data string
		whose      *Account
		want       bool
	}{
		{"Django's form", `{"_auth_user_id":"42"}`, number, true},
		{"another user", `{"_auth_user_id":"43"}`, number, false},
		{"a number, as Django 1.6 wrote", `{"_auth_user_id":42}`, number, true},
		{"what Python's int takes", `{"_auth_user_id":" 042"}`, number, true},
		{"a number with a fraction of nothing", `{"_auth_user_id":42.0}`, number, true},
		{"no number", `{"_auth_user_id":"42x"}`, number, false},
		{"null", `{"_auth_user_id":null}`, number, false},
		{"a UUID as Django writes it", `{"_auth_user_id":"c85e3250-0a9a-9c99-e2dd-1d81b514aded"}`, uuid, true},
		{"a UUID of 32 digits, as Kolibri writes it", `{"_auth_user_id":"c85e32500a9a9c99e2dd1d81b514aded"}`, uuid, true},
		{"a UUID in capitals", `{"_auth_user_id":"C85E3250-0A9A-9C99-E2DD-1D81B514ADED"}`, uuid, true},
		{"another UUID", `{"_auth_user_id":"00000000-0a9a-9c99-e2dd-1d81b514aded"}`, uuid, false},
		{"healthchecks: the code is missing", `{"2fa_user":[42,"ann@example.com",1700000000]}`, number, true},
		{"healthchecks: a time is not an id", `{"2fa_user":[1,"ann@example.com",42]}`, number, false},
		{"pretix: the code is missing", `{"pretix_auth_2fa_user":42}`, number, true},
		{"django-allauth-2fa", `{"allauth_2fa_user_id":"42"}`, number, true},
		{"django-allauth, a number in base 36", `{"account_login":{"user_pk":"16"}}`, number, true},
		{"django-allauth, another number", `{"account_login":{"user_pk":"42"}}`, number, false},
		{"django-allauth, a UUID in hex", `{"account_login":{"user_pk":"c85e32500a9a9c99e2dd1d81b514aded"}}`, uuid, true},
		{"django-two-factor-auth", `{"wizard_login_view":{"step":"token","user_pk":"42"}}`, number, true},
		{"django-mfa2, which has the name", `{"base_username":"ann"}`, number, true},
		{"django-mfa2, another name", `{"base_username":"bob"}`, number, false},
		{"django-hijack: logged in as 7, and can return", `{"_auth_user_id":"7","hijack_history":["1","42"]}`, number, true},
		{"django-su", `{"_auth_user_id":"7","exit_users_pk":[["42","a.B"]]}`, number, true},
		{"django-loginas", `{"_auth_user_id":"7","loginas_from_user":"42:1rABC:sig"}`, number, true},
		{"a value that only looks like an id", `{"last_viewed":42,"2fa_user":"x"}`, number, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data, err := djsession.JSON.Loads(tt.data)
			if err != nil {
				t.Fatal(err)
			}
			if got := tt.whose.Has(data); got != tt.want {
				t.Errorf("has(%s) = %v, want %v", tt.data, got, tt.want)
			}
			again, err := asPickle(data)
			if err != nil {
				t.Fatal(err)
			}
			if got := tt.whose.Has(again); got != tt.want {
				t.Errorf("pickled: has(%s) = %v, want %v", tt.data, got, tt.want)
			}
		})
	}
}

// asPickle is the same session as PickleSerializer keeps it.
func asPickle(d *djsession.Data) (*djsession.Data, error) {
	payload, err := pickled.New(nil).Dumps(nil, d)
	if err != nil {
		return nil, err
	}
	v, err := pickle.Loads(payload, nil)
	if err != nil {
		return nil, err
	}
	return pickled.DataOf(v)
}

// TestNestedID has a pickle of a few bytes for a user's id that, written out,
// would never end: every list of sessions asks each whose it is.
func TestNestedID(t *testing.T) {
	itself, session := new(pickle.Dict), new(pickle.Dict)
	if err := errors.Join(itself.Set("a", itself), session.Set("_auth_user_id", itself)); err != nil {
		t.Fatal(err)
	}
	payload, err := pickle.Marshal(session, nil)
	if err != nil {
		t.Fatal(err)
	}
	data, err := pickled.New(nil).Loads(string(payload))
	if err != nil {
		t.Fatal(err)
	}
	if id := UserID(data); !strings.Contains(id, "...") {
		t.Errorf("a user's id is %q, want one that is cut off with ...", id)
	}
}

// TestHugeID has a number of a million digits for a user's id: writing its
// digits out takes seconds.
func TestHugeID(t *testing.T) {
	data := new(djsession.Data)
	data.Set("_auth_user_id", new(big.Int).Lsh(big.NewInt(1), 8<<20))
	if id := UserID(data); id != "..." {
		t.Errorf("got an id of %d characters, want ...", len(id))
	}
	data.Set("_auth_user_id", new(big.Int).Lsh(big.NewInt(1), 70))
	if id := UserID(data); id != "1180591620717411303424" {
		t.Errorf("got %s, want 1180591620717411303424", id)
	}
}
