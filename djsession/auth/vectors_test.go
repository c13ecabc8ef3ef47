package auth_test

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/signing"
)

// What the Djangos that made testdata/vectors.jsonl ran with.
const (
	vectorsSecret   = "django-insecure-vectors-0123456789abcdefghijklmnopqrstuvwxyz"
	vectorsFallback = "old-secret-key-that-was-rotated-out"
	u1Password      = "pbkdf2_sha256$1$salt$hash1"
	newPassword     = "pbkdf2_sha256$1$salt$new"
)

// A vector is what real Djangos made of an input.
type vector struct {
	What, Input string
	Output      json.RawMessage
	Django      []string // versions; "/sha1" is for DEFAULT_HASHING_ALGORITHM
}

func vectors(t *testing.T) []vector {
	file, err := os.Open("testdata/vectors.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []vector
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var v vector
		decoder := json.NewDecoder(strings.NewReader(lines.Text()))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

// optionsFor are those of a site that shares its sessions with a Django.
func optionsFor(django string) *auth.Options {
	o := &auth.Options{Fallbacks: []string{vectorsFallback}, KeepLastLogin: true, HashesProven: true}
	old := strings.HasPrefix(django, "1.") || strings.HasPrefix(django, "2.") || strings.HasPrefix(django, "3.0")
	if old || strings.HasSuffix(django, "/sha1") {
		o.Algorithm = signing.SHA1
	}
	o.AcceptSHA1 = strings.HasPrefix(django, "3.1") || strings.HasPrefix(django, "3.2")
	return o
}

func TestVectors(t *testing.T) {
	n := 0
	for _, v := range vectors(t) {
		for _, django := range v.Django {
			t.Run(v.What+"/"+v.Input+"/"+django, func(t *testing.T) {
				if v.What == "flow" {
					testFlow(t, &v, django)
				} else {
					testHash(t, &v, django)
				}
				n++
			})
		}
	}
	if n < 290 {
		t.Errorf("only %d vectors", n)
	}
}

func testHash(t *testing.T, v *vector, django string) {
	key, algorithm := vectorsSecret, optionsFor(django).Algorithm
	var want string
	switch v.What {
	case "session_hash.fallback":
		key = vectorsFallback
		var all []string
		json.Unmarshal(v.Output, &all)
		want = all[0]
	case "session_hash.legacy":
		algorithm = signing.SHA1
		fallthrough
	case "session_hash":
		json.Unmarshal(v.Output, &want)
	default:
		t.Fatalf("unknown vector %s", v.What)
	}
	a := auth.New(someUsers(), key, &auth.Options{Algorithm: algorithm})
	if got := a.SessionHash(&auth.User{Password: auth.EncodedPassword(v.Input)}); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A flow is what Django did with a session of the user u1, who has the id 1,
// and with a cart.
type flow struct {
	User            string
	CartKept        *bool   `json:"cart_kept"`
	HashInSession   *string `json:"hash_in_session"`
	RowExists       *bool   `json:"row_exists"`
	OldRowExists    *bool   `json:"old_row_exists"`
	SessionKeyAfter string  `json:"session_key_after"`
	StillHasID      *bool   `json:"still_has_id"`
	KeyChanged      *bool   `json:"key_changed"`
	KeyNow          *bool   `json:"key_now"`
	Key             *string
	Empty           *bool
	Hash            string
	Data            map[string]string
}

func testFlow(t *testing.T, v *vector, django string) {
	users := &fakeUsers{users: map[string]auth.User{
		"1": {ID: "1", Username: "u1", Password: u1Password, IsActive: true},
		"2": {ID: "2", Username: "u2", Password: "pbkdf2_sha256$1$salt$hash2", IsActive: true},
	}}
	s := newSite(users, nil)
	s.auth = auth.New(users, vectorsSecret, optionsFor(django))
	u1 := users.users["1"]
	session := s.session(t, `{"cart":"x"}`)
	if !strings.HasPrefix(v.Input, "login from") {
		set := map[string]string{"_auth_user_id": "1", "_auth_user_backend": auth.ModelBackend, "_auth_user_hash": s.auth.SessionHash(&u1)}
		for name, value := range set {
			session.Set(name, value)
		}
	}
	old := session.Key()
	var err error
	var user *auth.User
	switch v.Input {
	case "get_user: intact":
	case "get_user: _auth_user_hash missing":
		session.Delete("_auth_user_hash")
	case "get_user: _auth_user_hash wrong":
		session.Set("_auth_user_hash", strings.Repeat("0", 64))
	case "get_user: _auth_user_hash empty string":
		session.Set("_auth_user_hash", "")
	case "get_user: backend not in AUTHENTICATION_BACKENDS":
		session.Set("_auth_user_backend", "some.other.Backend")
	case "get_user: user id unknown":
		session.Set("_auth_user_id", "999")
	case "get_user: user id not a number":
		session.Set("_auth_user_id", "abc")
		if _, err := s.auth.User(t.Context(), session); err != auth.ReasonBadID { // Django raises
			t.Errorf("got %v", err)
		}
		return
	case "get_user: user id stored as int":
		session.Set("_auth_user_id", int64(1))
	case "get_user: is_active=False":
		u1.IsActive = false
		users.users["1"] = u1
	case "get_user: SHA-1 hash of pre-3.1":
		session.Set("_auth_user_hash", auth.New(users, vectorsSecret, &auth.Options{Algorithm: signing.SHA1}).SessionHash(&u1))
	case "get_user: hash made with a fallback key":
		session.Set("_auth_user_hash", auth.New(users, vectorsFallback, nil).SessionHash(&u1))
	case "login from an anonymous session with data", "login again as the same user":
		err = s.auth.Login(t.Context(), session, &u1)
	case "login as another user over a logged-in session":
		u2 := users.users["2"]
		err = s.auth.Login(t.Context(), session, &u2)
	case "logout":
		err = s.auth.Logout(t.Context(), session)
	case "update_session_auth_hash":
		u1.Password = newPassword
		users.users["1"] = u1
		err = s.auth.UpdateSessionAuthHash(t.Context(), session, &u1)
	default:
		t.Fatalf("unknown flow %q", v.Input)
	}
	if err != nil {
		t.Fatal(err)
	}
	var want flow
	if err := json.Unmarshal(v.Output, &want); err != nil {
		t.Fatal(err)
	}
	if want.User != "" {
		user, _ = s.auth.User(t.Context(), session)
		if name := "AnonymousUser"; user != nil && user.Username != want.User || user == nil && want.User != name {
			t.Errorf("the user is %v, want %s", user, want.User)
		}
	}
	// Up to 1.10 a change of the password left the key as it was.
	if strings.HasPrefix(django, "1.8") || strings.HasPrefix(django, "1.10") {
		if v.Input == "update_session_auth_hash" {
			*want.KeyChanged = true
		}
	}
	compareFlow(t, s, session, old, &want)
}

func compareFlow(t *testing.T, s *site, session *djsession.Session, old string, want *flow) {
	t.Helper()
	same := func(what string, got bool, want *bool) {
		t.Helper()
		if want != nil && got != *want {
			t.Errorf("%s: %v, want %v", what, got, *want)
		}
	}
	same("cart kept", session.Has("cart"), want.CartKept)
	same("row exists", s.stored(t, old), want.RowExists)
	same("old row exists", s.stored(t, old), want.OldRowExists)
	same("still has the id", session.Has("_auth_user_id"), want.StillHasID)
	same("key changed", session.Key() != old, want.KeyChanged)
	same("key now", session.Key() != "", want.KeyNow)
	same("empty", len(session.Names()) == 0, want.Empty)
	if got := map[bool]string{true: "same", false: "rotated"}[session.Key() == old]; want.SessionKeyAfter == "none" && session.Key() != "" ||
		want.SessionKeyAfter != "" && want.SessionKeyAfter != "none" && got != want.SessionKeyAfter {
		t.Errorf("the key is %s, want %s", got, want.SessionKeyAfter)
	}
	hash, _ := session.Text("_auth_user_hash")
	if want.HashInSession != nil && hash != *want.HashInSession || want.Hash != "" && hash != want.Hash {
		t.Errorf("the hash is %q, want %v %q", hash, want.HashInSession, want.Hash)
	}
	for name, value := range want.Data {
		if got, _ := session.Text(name); got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	if want.Data != nil && len(session.Names()) != len(want.Data) {
		t.Errorf("names %v", session.Names())
	}
}
