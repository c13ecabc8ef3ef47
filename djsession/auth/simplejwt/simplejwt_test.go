package simplejwt_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/simplejwt"
	"github.com/djsession/djsession-go/signing"
)

const key = "a secret that both sides know, of 32 bytes"

// someUsers are alice, who is 1, and dave, who is 3 and inactive.
type someUsers struct{}

func (someUsers) PK() auth.PK { return auth.PKInt }

func (someUsers) UserByID(_ context.Context, id string) (*auth.User, error) {
	switch id {
	case "1":
		return &auth.User{ID: "1", Username: "alice", Password: "md5$salt$hash", IsActive: true}, nil
	case "3":
		return &auth.User{ID: "3", Username: "dave"}, nil
	}
	return nil, auth.ReasonNoSuchUser
}

func (u someUsers) UserByName(ctx context.Context, name string) (*auth.User, error) {
	return u.UserByID(ctx, map[string]string{"alice": "1", "dave": "3"}[name])
}

var now = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

// claims are a good token's, changed by pairs of a name and a value. The value
// nil takes the claim away.
func claims(changes ...any) jwt.MapClaims {
	c := jwt.MapClaims{"token_type": "access", "exp": now.Add(time.Minute).Unix(), "iat": now.Unix(), "jti": "a1", "user_id": "1"}
	for i := 0; i < len(changes); i += 2 {
		if c[changes[i].(string)] = changes[i+1]; changes[i+1] == nil {
			delete(c, changes[i].(string))
		}
	}
	return c
}

func sign(t *testing.T, method jwt.SigningMethod, key any, c jwt.MapClaims) string {
	t.Helper()
	token, err := jwt.NewWithClaims(method, c).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// ask asks for the user of an Authorization header.
func ask(t *testing.T, key string, opts *simplejwt.Options, authorization string) (*auth.User, error) {
	t.Helper()
	o := simplejwt.Options{}
	if opts != nil {
		o = *opts
	}
	o.Now = func() time.Time { return now }
	scheme, err := simplejwt.New(key, &o)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Authorization", authorization)
	return scheme.User(r, auth.New(someUsers{}, key, nil))
}

func TestUser(t *testing.T) {
	hs := func(changes ...any) string {
		return "Bearer " + sign(t, jwt.SigningMethodHS256, []byte(key), claims(changes...))
	}
	good := hs()
	head, rest, _ := strings.Cut(strings.TrimPrefix(good, "Bearer "), ".")
	withHead := func(json string) string {
		unsigned := base64.RawURLEncoding.EncodeToString([]byte(json)) + "." + strings.Split(rest, ".")[0]
		signature, err := jwt.SigningMethodHS256.Sign(unsigned, []byte(key))
		if err != nil {
			t.Fatal(err)
		}
		return "Bearer " + unsigned + "." + base64.RawURLEncoding.EncodeToString(signature)
	}
	for _, c := range []struct {
		reason        string
		opts          *simplejwt.Options
		authorization string
		want          error // nil: alice
	}{
		{"a good token", nil, good, nil},
		{"a number for the user, as before 5.5", nil, hs("user_id", 1), nil},
		{"no header", nil, "", auth.ReasonNoLogin},
		{"another keyword", nil, "Token" + strings.TrimPrefix(good, "Bearer"), auth.ReasonNoLogin},
		{"the keyword in another case", nil, "bearer" + strings.TrimPrefix(good, "Bearer"), auth.ReasonNoLogin},
		{"another keyword that counts", &simplejwt.Options{Keywords: []string{"JWT", "Bearer"}}, "JWT" + strings.TrimPrefix(good, "Bearer"), nil},
		{"a space in it", nil, good[:30] + " " + good[30:], auth.ReasonBadHeader},
		{"no token", nil, "Bearer", auth.ReasonBadHeader},
		{"a token of another key", nil, "Bearer " + sign(t, jwt.SigningMethodHS256, []byte("x"), claims()), auth.ReasonBadToken},
		{"alg: none", nil, "Bearer " + sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, claims()), auth.ReasonBadToken},
		{"alg: None, and a good signature", nil, withHead(`{"alg":"None"}`), auth.ReasonBadToken},
		{"no alg", nil, withHead(`{"typ":"JWT"}`), auth.ReasonBadToken},
		{"an alg that is no text", nil, withHead(`{"alg":["HS256"]}`), auth.ReasonBadToken},
		{"what must be understood", nil, withHead(`{"alg":"HS256","crit":["exp"],"exp":1}`), auth.ReasonBadToken},
		{"a header of our own, which is not the fault", nil, withHead(`{"alg":"HS256","kid":"../../etc/passwd"}`), nil},
		{"another algorithm with the right key", nil, "Bearer " + sign(t, jwt.SigningMethodHS512, []byte(key), claims()), auth.ReasonBadToken},
		{"a changed claim", nil, "Bearer " + head + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"user_id":"1"}`)) + "." + strings.Split(rest, ".")[1], auth.ReasonBadToken},
		{"no signature", nil, good[:strings.LastIndex(good, ".")+1], auth.ReasonBadToken},
		{"two parts", nil, good[:strings.LastIndex(good, ".")], auth.ReasonBadToken},
		{"not a token", nil, "Bearer x", auth.ReasonBadToken},
		{"expired", nil, hs("exp", now.Unix()), auth.ReasonTokenExpired},
		{"expired within the leeway", &simplejwt.Options{Leeway: 2 * time.Second}, hs("exp", now.Unix()-1), nil},
		{"expired beyond it", &simplejwt.Options{Leeway: 2 * time.Second}, hs("exp", now.Unix()-2), auth.ReasonTokenExpired},
		{"no exp", nil, hs("exp", nil), auth.ReasonBadToken},
		{"exp as text", nil, hs("exp", "4102444800"), auth.ReasonBadToken},
		{"exp an object", nil, hs("exp", jwt.MapClaims{}), auth.ReasonBadToken},
		{"issued in the future", nil, hs("iat", now.Unix()+1), auth.ReasonBadToken},
		{"not yet", nil, hs("nbf", now.Unix()+1), auth.ReasonBadToken},
		{"no jti", nil, hs("jti", nil), auth.ReasonBadToken},
		{"no jti, where there are none", &simplejwt.Options{JTIClaim: simplejwt.None}, hs("jti", nil), nil},
		{"a refresh token", nil, hs("token_type", "refresh"), auth.ReasonBadToken},
		{"a sliding token", nil, hs("token_type", "sliding"), auth.ReasonBadToken},
		{"no type", nil, hs("token_type", nil), auth.ReasonBadToken},
		{"no type, where there are none", &simplejwt.Options{TokenTypeClaim: simplejwt.None}, hs("token_type", nil), nil},
		{"no user", nil, hs("user_id", nil), auth.ReasonBadToken},
		{"a user that is no id", nil, hs("user_id", "x"), auth.ReasonBadID},
		{"a user that is a fraction", nil, hs("user_id", 1.5), auth.ReasonBadID},
		{"a user that is a list", nil, hs("user_id", []int{1}), auth.ReasonBadID},
		{"a user who is gone", nil, hs("user_id", "99"), auth.ReasonNoSuchUser},
		{"a user who is inactive", nil, hs("user_id", "3"), auth.ReasonInactive},
		{"the name", &simplejwt.Options{ByUsername: true, UserIDClaim: "sub"}, hs("sub", "alice"), nil},
		{"a name that is a number", &simplejwt.Options{ByUsername: true}, hs("user_id", 1), auth.ReasonBadID},
		{"the issuer", &simplejwt.Options{Issuer: "us"}, hs("iss", "us"), nil},
		{"no issuer", &simplejwt.Options{Issuer: "us"}, good, auth.ReasonBadToken},
		{"another issuer", &simplejwt.Options{Issuer: "us"}, hs("iss", "them"), auth.ReasonBadToken},
		{"the audience", &simplejwt.Options{Audience: []string{"us", "you"}}, hs("aud", []string{"them", "you"}), nil},
		{"no audience", &simplejwt.Options{Audience: []string{"us"}}, good, auth.ReasonBadToken},
		{"the password's", &simplejwt.Options{CheckRevoke: true}, hs("hash_password", "6CB8FEA8712AC65D22EC1C68BAA248BF"), nil},
		{"another password's", &simplejwt.Options{CheckRevoke: true}, hs("hash_password", "D41D8CD98F00B204E9800998ECF8427E"), auth.ReasonTokenRevoked},
		{"no password's", &simplejwt.Options{CheckRevoke: true}, good, auth.ReasonTokenRevoked},
	} {
		t.Run(c.reason, func(t *testing.T) {
			u, err := ask(t, key, c.opts, c.authorization)
			if !errors.Is(err, c.want) || (u != nil) != (c.want == nil) {
				t.Errorf("got %v, %v; want %v", u, err, c.want)
			}
		})
	}
}

// TestPublicKeys: a token that is signed with the public key as a secret, which
// everybody knows, is refused, and such a secret too.
func TestPublicKeys(t *testing.T) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	public := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	rs256 := &simplejwt.Options{Algorithm: "RS256"}
	for _, c := range []struct {
		reason string
		token  string
		want   error
	}{
		{"the private key's", sign(t, jwt.SigningMethodRS256, private, claims()), nil},
		{"the public key as a secret", sign(t, jwt.SigningMethodHS256, []byte(public), claims()), auth.ReasonBadToken},
		{"another algorithm of the same key", sign(t, jwt.SigningMethodRS512, private, claims()), auth.ReasonBadToken},
		{"alg: none", sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, claims()), auth.ReasonBadToken},
	} {
		if u, err := ask(t, public, rs256, "Bearer "+c.token); !errors.Is(err, c.want) || (u != nil) != (c.want == nil) {
			t.Errorf("%s: got %v, %v; want %v", c.reason, u, err, c.want)
		}
	}
	for _, c := range []struct{ reason, key, algorithm string }{
		{"a public key as a secret", public, ""},
		{"a secret as a public key", key, "RS256"},
		{"another kind of key", public, "ES256"},
		{"none", key, "none"},
		{"unknown", key, "X"},
		{"not supported", public, "PS256"},
	} {
		s, err := simplejwt.New(c.key, &simplejwt.Options{Algorithm: c.algorithm})
		if err == nil || s != nil || strings.Contains(err.Error(), c.key) {
			t.Errorf("%s: got %v, %v", c.reason, s, err)
		}
	}
	if _, err := simplejwt.New("", nil); !errors.Is(err, signing.ErrNoKey) {
		t.Errorf("no key: got %v", err)
	}
}

func TestKeyIsHidden(t *testing.T) {
	s, err := simplejwt.New(key, nil)
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%v %+v %#v %s %x", s, s, s, s, s); strings.Contains(text, key) || strings.Contains(text, fmt.Sprintf("%x", key)) {
		t.Error(text)
	}
}

// FuzzUser: whatever a client sends, it is a user only with a good signature.
func FuzzUser(f *testing.F) {
	scheme, err := simplejwt.New(key, &simplejwt.Options{Now: func() time.Time { return now }})
	if err != nil {
		f.Fatal(err)
	}
	login := auth.New(someUsers{}, key, nil)
	good, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims()).SignedString([]byte(key))
	if err != nil {
		f.Fatal(err)
	}
	f.Add("Bearer " + good)
	f.Add("Bearer eyJhbGciOiJub25lIn0.eyJ1c2VyX2lkIjoxfQ.")
	f.Add("Bearer ..")
	f.Fuzz(func(t *testing.T, authorization string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header["Authorization"] = []string{authorization}
		u, err := scheme.User(r, login)
		if (u == nil) != (err != nil) {
			t.Fatalf("got %v, %v", u, err)
		}
		if err != nil && !errors.Is(err, auth.ErrNotLoggedIn) {
			t.Errorf("got %v, which is no reason", err)
		}
		signed := strings.HasPrefix(strings.TrimLeft(authorization, " \t\n\v\f\r"), "Bearer") && strings.Contains(authorization, good[:strings.LastIndex(good, ".")])
		if u != nil && !signed {
			t.Errorf("%q is a user", authorization)
		}
	})
}
