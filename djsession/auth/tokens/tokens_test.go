package tokens_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/tokens"
	"github.com/djsession/djsession-go/signing"
)

const secret = "a secret that both sides know"

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func at(text string) func() time.Time {
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return func() time.Time { return moment }
}

func alice() *auth.User {
	return &auth.User{ID: "42", Password: "pbkdf2_sha256$1$s$h", Email: "a@x.example", LastLogin: at("2026-02-03T04:05:06Z")()}
}

// TestWhatEndsAToken: each change of a user that Django's token depends on ends
// it, and no other does.
func TestWhatEndsAToken(t *testing.T) {
	tests := []struct {
		reason string
		change func(u *auth.User)
		ends   bool
	}{
		{"nothing", func(*auth.User) {}, false},
		{"another user", func(u *auth.User) { u.ID = "43" }, true},
		{"a new password", func(u *auth.User) { u.Password = "pbkdf2_sha256$1$s$g" }, true},
		{"a new address", func(u *auth.User) { u.Email = "b@x.example" }, true},
		{"a login", func(u *auth.User) { u.LastLogin = u.LastLogin.Add(time.Second) }, true},
		{"no login any more", func(u *auth.User) { u.LastLogin = time.Time{} }, true},
		{"a login within the second, which not every database tells apart", func(u *auth.User) { u.LastLogin = u.LastLogin.Add(999 * time.Millisecond) }, false},
		{"the same login in another zone", func(u *auth.User) { u.LastLogin = u.LastLogin.In(time.FixedZone("", 3600)) }, false},
		{"another name", func(u *auth.User) { u.Username = "bob" }, false},
		{"is_active", func(u *auth.User) { u.IsActive = !u.IsActive }, false},
	}
	g := tokens.New(secret, nil)
	token, err := g.Make(alice())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			u := alice()
			test.change(u)
			if err := g.Check(u, token); errors.Is(err, tokens.ErrInvalid) != test.ends {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestTimeout: a token of exactly that age is good, in seconds and in days.
func TestTimeout(t *testing.T) {
	made := "2026-03-01T12:30:45Z"
	tests := []struct {
		reason  string
		opts    tokens.Options
		now     string
		expired bool
	}{
		{"at once", tokens.Options{}, made, false},
		{"three days", tokens.Options{}, "2026-03-04T12:30:45.9Z", false},
		{"a second more", tokens.Options{}, "2026-03-04T12:30:46Z", true},
		{"from the future, as in Django", tokens.Options{}, "2026-02-01T00:00:00Z", false},
		{"PASSWORD_RESET_TIMEOUT = 0, within the second", tokens.Options{Timeout: 1}, "2026-03-01T12:30:45.9Z", false},
		{"PASSWORD_RESET_TIMEOUT = 0, a second later", tokens.Options{Timeout: 1}, "2026-03-01T12:30:46Z", true},
		{"the end of the third day", tokens.Options{Days: true}, "2026-03-04T23:59:59Z", false},
		{"the fourth day", tokens.Options{Days: true}, "2026-03-05T00:00:00Z", true},
		{"PASSWORD_RESET_TIMEOUT_DAYS = 1", tokens.Options{Days: true, Timeout: 24 * time.Hour}, "2026-03-03T00:00:00Z", true},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			test.opts.Now = at(made)
			token, err := tokens.New(secret, &test.opts).Make(alice())
			if err != nil {
				t.Fatal(err)
			}
			test.opts.Now = at(test.now)
			err = tokens.New(secret, &test.opts).Check(alice(), token)
			if errors.Is(err, tokens.ErrExpired) != test.expired || (err == nil) == test.expired || test.expired && !errors.Is(err, tokens.ErrInvalid) {
				t.Errorf("got %v, want expired %v", err, test.expired)
			}
		})
	}
}

// TestTimeZones: the same moment is another token where the clock on the wall
// shows another time, and the last login is read as Django sees it.
func TestTimeZones(t *testing.T) {
	newYork := zone(t, "America/New_York")
	now := at("2026-03-01T17:30:45Z") // 12:30:45 in New York
	const token = "d4rhf9-9b25698b978d5fe0b2124b502f834a72"
	if got, err := tokens.New("reset-secret", &tokens.Options{TimeZone: newYork, Now: now}).Make(alice()); got != token || err != nil {
		t.Errorf("got %s, %v, want Django's %s", got, err, token)
	}
	late := at("2026-03-04T15:00:00Z") // 10:00 in New York, two and a half hours before the end
	if err := tokens.New("reset-secret", &tokens.Options{TimeZone: newYork, Now: late}).Check(alice(), token); err != nil {
		t.Errorf("in the site's zone: %v", err)
	}
	if err := tokens.New("reset-secret", &tokens.Options{Now: late}).Check(alice(), token); !errors.Is(err, tokens.ErrExpired) {
		t.Errorf("without it: %v, want expired", err)
	}
	if err := tokens.New("reset-secret", &tokens.Options{LastLoginZone: newYork, Now: now}).Check(alice(), token); !errors.Is(err, tokens.ErrInvalid) {
		t.Errorf("with a last login of USE_TZ = False: %v", err)
	}
}

// TestBadTokens: none of them is good, and none of them is anything else than
// invalid.
func TestBadTokens(t *testing.T) {
	g := tokens.New(secret, nil)
	good, err := g.Make(alice())
	if err != nil {
		t.Fatal(err)
	}
	stamp, mac, _ := strings.Cut(good, "-")
	for _, token := range []string{
		"", "-", "--", good + "-", "-" + good, good + "x", good[:len(good)-1], stamp, stamp + "-", "-" + mac, mac + "-" + stamp,
		strings.ToUpper(good), "0" + good, "+" + good, " " + good, good + "\n", "_" + good, stamp[:2] + "_" + stamp[2:] + "-" + mac,
		stamp + "--" + mac, stamp + "−" + mac, "-1-" + mac, "zzzzzzzzzzzzzz-" + mac, "1y2p0ij32e8e8-" + mac, strings.Repeat("1", 1<<20) + "-" + mac,
		stamp + "-" + strings.Repeat("0", 1<<20), "set-password", "\x00\xff-" + mac,
	} {
		if err := g.Check(alice(), token); !errors.Is(err, tokens.ErrInvalid) {
			t.Errorf("%.40q: %v", token, err)
		}
	}
	if err := g.Check(nil, good); !errors.Is(err, tokens.ErrInvalid) {
		t.Errorf("no user: %v", err)
	}
}

// TestKeys: a token is good under the key and its fallbacks, and under no
// empty one.
func TestKeys(t *testing.T) {
	old, err := tokens.New("old", nil).Make(alice())
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		reason string
		g      *tokens.Generator
		want   error
	}{
		{"its key", tokens.New("old", nil), nil},
		{"another", tokens.New("new", nil), tokens.ErrInvalid},
		{"a fallback", tokens.New("new", &tokens.Options{Fallbacks: []string{"", "older", "old"}}), nil},
		{"another salt", tokens.New("old", &tokens.Options{KeySalt: "accounts.tokens.EmailTokenGenerator"}), tokens.ErrInvalid},
		{"another algorithm", tokens.New("old", &tokens.Options{Algorithm: signing.SHA1}), tokens.ErrInvalid},
		{"no key", tokens.New("", &tokens.Options{Fallbacks: []string{"old"}}), signing.ErrNoKey},
	}
	for _, test := range tests {
		if err := test.g.Check(alice(), old); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", test.reason, err)
		}
	}
	if _, err := tokens.New("", nil).Make(alice()); !errors.Is(err, signing.ErrNoKey) {
		t.Errorf("made without a key: %v", err)
	}
}

// TestAcceptSHA1: like Django 3.2, which reads days where there are three
// digits.
func TestAcceptSHA1(t *testing.T) {
	u := alice()
	u.Email = "" // Django 3.2 looks for it in the tokens of older ones too, where it is not
	now := at("2026-03-01T12:30:45Z")
	days, err := tokens.New(secret, &tokens.Options{Days: true, Now: now}).Make(u)
	if err != nil {
		t.Fatal(err)
	}
	sha1, err := tokens.New(secret, &tokens.Options{Algorithm: signing.SHA1, Now: now}).Make(u)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		reason, token, now string
		want               error
	}{
		{"days", days, "2026-03-01T23:00:00Z", nil},
		{"days, the third", days, "2026-03-04T23:59:59Z", nil},
		{"days, the fourth", days, "2026-03-05T00:00:00Z", tokens.ErrExpired},
		{"seconds", sha1, "2026-03-04T12:30:45Z", nil},
		{"seconds, too late", sha1, "2026-03-04T12:30:46Z", tokens.ErrExpired},
	} {
		g := tokens.New(secret, &tokens.Options{AcceptSHA1: true, Now: at(test.now)})
		if err := g.Check(u, test.token); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", test.reason, err, test.want)
		}
	}
	if err := tokens.New(secret, &tokens.Options{Now: now}).Check(u, days); !errors.Is(err, tokens.ErrInvalid) || errors.Is(err, tokens.ErrExpired) {
		t.Errorf("a later Django: %v", err)
	}
}

// TestOwnValue: a site's generator writes values as Python does, and a password
// hash counts.
func TestOwnValue(t *testing.T) {
	value := func(u *auth.User, timestamp int64, inherited string) []any {
		return []any{u.ID, u.Password, timestamp, u.IsActive, nil, len(u.FirstName), inherited}
	}
	g := tokens.New(secret, &tokens.Options{KeySalt: "accounts.EmailTokens", Value: value, Now: at("2026-03-01T12:30:45Z")})
	token, err := g.Make(alice())
	if err != nil {
		t.Fatal(err)
	}
	// In Python, with this key_salt:
	// f"{u.pk}{u.password}{timestamp}{u.is_active}{None}{0}{super()...}".
	want := "d4rhf9-" + everyOther(signing.SaltedHMAC("accounts.EmailTokens",
		"42pbkdf2_sha256$1$s$h794061045FalseNone042pbkdf2_sha256$1$s$h2026-02-03 04:05:06794061045a@x.example", secret, signing.SHA256))
	if token != want {
		t.Errorf("got %s, want %s", token, want)
	}
	for reason, change := range map[string]func(*auth.User){
		"active": func(u *auth.User) { u.IsActive = true }, "password": func(u *auth.User) { u.Password += "x" }} {
		u := alice()
		change(u)
		if err := g.Check(u, token); !errors.Is(err, tokens.ErrInvalid) {
			t.Errorf("%s: %v", reason, err)
		}
	}

	float := tokens.New(secret, &tokens.Options{Value: func(*auth.User, int64, string) []any { return []any{1.5} }})
	if _, err := float.Make(alice()); err == nil {
		t.Error("a number whose text in Python is not known was used")
	}
	if err := float.Check(alice(), token); err == nil || errors.Is(err, tokens.ErrInvalid) {
		t.Errorf("a generator that does not work: %v", err)
	}
}

func everyOther(mac []byte) string {
	var text strings.Builder
	for _, b := range mac {
		text.WriteString(fmt.Sprintf("%x", b>>4))
	}
	return text.String()
}

func TestBeforeEpoch(t *testing.T) {
	for _, days := range []bool{false, true} {
		g := tokens.New(secret, &tokens.Options{Days: days, Now: at("2000-12-31T23:59:59Z")})
		if token, err := g.Make(alice()); err == nil {
			t.Errorf("made %s", token)
		}
	}
}

// TestDecodeUID: as Python's decoder takes it, and never for more than it is.
func TestDecodeUID(t *testing.T) {
	tests := []struct {
		reason, uid, id string
		ok              bool
	}{
		{"an integer", "NDI", "42", true},
		{"with its padding", "NDI=", "42", true},
		{"a UUID", tokens.EncodeUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "6ba7b810-9dad-11d1-80b4-00c04fd430c8", true},
		{"text of any script", tokens.EncodeUID("ключ/?"), "ключ/?", true},
		{"nothing", "", "", true},
		{"half a character", "N", "", false},
		{"no UTF-8", "_w", "", false},
		{"what Python passes over", "N.D.I..", "42", true},
		{"too much", strings.Repeat("A", 4096), "", false},
	}
	for _, test := range tests {
		if id, ok := tokens.DecodeUID(test.uid); ok != test.ok || ok && id != test.id {
			t.Errorf("%s: got %q, %v, want %q, %v", test.reason, id, ok, test.id, test.ok)
		}
	}
}

// TestNothingIsPrinted: a generator and its options keep keys to themselves.
func TestNothingIsPrinted(t *testing.T) {
	opts := tokens.Options{Fallbacks: []string{"an older secret"}}
	for _, v := range []any{opts, &opts, tokens.New("the secret", &opts)} {
		if text := fmt.Sprintf("%v %+v %#v %s", v, v, v, v); strings.Contains(text, "secret") {
			t.Error(text)
		}
	}
}

// The generator of a site that overrides _make_hash_value, in Python:
//
//	class VerifyEmail(PasswordResetTokenGenerator):
//	    key_salt = "accounts.tokens.VerifyEmail"
//
//	    def _make_hash_value(self, user, timestamp):
//	        return f"{user.pk}{timestamp}{user.is_active}{user.email}"
//
// Django 6.1 makes the same token of it.
func ExampleNew_verifyEmail() {
	verify := tokens.New(secret, &tokens.Options{
		KeySalt: "accounts.tokens.VerifyEmail",
		Value: func(u *auth.User, timestamp int64, _ string) []any {
			return []any{u.ID, timestamp, u.IsActive, u.Email}
		},
		Now: at("2026-03-01T12:30:45Z"), // leave it out
	})
	user := &auth.User{ID: "42", Email: "a@x.example"}
	token, err := verify.Make(user)
	fmt.Println(token, err)
	fmt.Println(verify.Check(user, token))
	user.IsActive = true // as it is once the address is verified
	fmt.Println(verify.Check(user, token))
	// Output:
	// d4rhf9-bdd3978fe37c56c06472bb83b1c25a67 <nil>
	// <nil>
	// tokens: the token is not valid for this user, or not any more
}

// FuzzCheck: no token is good but the one that was made, and none panics.
func FuzzCheck(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.token, v.uid)
	}
	f.Add("zzzzzzzzzzzzz-", "===")
	g := tokens.New(secret, &tokens.Options{AcceptSHA1: true, Now: at("2026-03-01T12:30:45Z")})
	good, err := g.Make(alice())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good, "")
	f.Fuzz(func(t *testing.T, token, uid string) {
		if err := g.Check(alice(), token); (err == nil) != (token == good) || err != nil && !errors.Is(err, tokens.ErrInvalid) {
			t.Errorf("%q: %v", token, err)
		}
		if id, ok := tokens.DecodeUID(uid); ok {
			if again, ok := tokens.DecodeUID(tokens.EncodeUID(id)); !ok || again != id {
				t.Errorf("%q is %q, and then %q", uid, id, again)
			}
		}
	})
}
