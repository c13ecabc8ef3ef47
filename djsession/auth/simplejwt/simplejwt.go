// Package simplejwt finds users by the access tokens of
// djangorestframework-simplejwt: JSON web tokens that the site signs.
//
//	tokens, err := simplejwt.New(os.Getenv("DJANGO_SECRET_KEY"), nil)
//	login := auth.New(users, key, &auth.Options{Schemes: []auth.Scheme{auth.BySession, tokens}})
//
// A request with "Authorization: Bearer eyJ..." is one of the user that the
// token names, if the site signed it with the algorithm of Options, it has not
// expired, and the user is active. Only access tokens count. Tokens are made on
// the Django side.
//
// # Limits
//
// JWK_URL, sliding tokens, which a blacklist may end, and CHECK_USER_IS_ACTIVE
// = False are not supported.
//
// Django: rest_framework_simplejwt.authentication.JWTAuthentication.
package simplejwt

import (
	"crypto/md5"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/signing"
)

// Options is a site's SIMPLE_JWT. Nil and the zero value are simplejwt's
// defaults.
type Options struct {
	// Algorithm is the one that tokens are signed with: HS256, RS256, ES256, or
	// one of these with 384 or 512. Tokens that name another are refused.
	// Default: "HS256".
	// Django: SIMPLE_JWT["ALGORITHM"].
	Algorithm string

	// Keywords are the words before the token, in this case. Default: "Bearer".
	// Django: SIMPLE_JWT["AUTH_HEADER_TYPES"].
	Keywords []string

	// Audience and Issuer must be the token's. Default: any.
	// Django: SIMPLE_JWT["AUDIENCE"], SIMPLE_JWT["ISSUER"].
	Audience []string
	Issuer   string

	// Leeway is by how much clocks may differ. Default: 0.
	// Django: SIMPLE_JWT["LEEWAY"].
	Leeway time.Duration

	// UserIDClaim is the name of the claim that holds the user's id, or what
	// users log in with if ByUsername is set. Default: "user_id".
	// Django: SIMPLE_JWT["USER_ID_CLAIM"], SIMPLE_JWT["USER_ID_FIELD"].
	UserIDClaim string
	ByUsername  bool

	// TokenTypeClaim and JTIClaim are the names of the claims that say what a
	// token is for, and which it is. Default: "token_type" and "jti"; [None]
	// does not look at them.
	// Django: SIMPLE_JWT["TOKEN_TYPE_CLAIM"], SIMPLE_JWT["JTI_CLAIM"].
	TokenTypeClaim, JTIClaim string

	// CheckRevoke refuses a token that was made before the user's password was
	// changed, by the claim RevokeClaim. Default: no, and "hash_password".
	// Django: SIMPLE_JWT["CHECK_REVOKE_TOKEN"],
	// SIMPLE_JWT["REVOKE_TOKEN_CLAIM"].
	CheckRevoke bool
	RevokeClaim string

	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// None is the name of a claim that the site's tokens do not have.
const None = "-"

// A Scheme knows users by their tokens. It is safe for concurrent use.
type Scheme struct {
	opts   Options
	key    any
	parser *jwt.Parser
}

var _ auth.Scheme = (*Scheme)(nil)

// New returns the scheme of tokens that are signed with a key: for HS256 the
// site's SIGNING_KEY, which is SECRET_KEY unless SIMPLE_JWT says otherwise; for
// RS256 and ES256 the VERIFYING_KEY in PEM. The error is for a key or an
// algorithm that cannot be used, or signing.ErrNoKey.
func New(key string, opts *Options) (*Scheme, error) {
	s := &Scheme{}
	if opts != nil {
		s.opts = *opts
	}
	s.opts.fillIn()
	if key == "" {
		return nil, signing.ErrNoKey
	}
	var err error
	if s.key, err = verifyingKey(s.opts.Algorithm, key); err != nil {
		return nil, err
	}
	checks := []jwt.ParserOption{jwt.WithValidMethods([]string{s.opts.Algorithm}), jwt.WithJSONNumber(), jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(), jwt.WithLeeway(s.opts.Leeway), jwt.WithTimeFunc(s.opts.Now)}
	if s.opts.Issuer != "" {
		checks = append(checks, jwt.WithIssuer(s.opts.Issuer))
	}
	if len(s.opts.Audience) > 0 {
		checks = append(checks, jwt.WithAudience(s.opts.Audience...))
	}
	s.parser = jwt.NewParser(checks...)
	return s, nil
}

func (o *Options) fillIn() {
	for name, standard := range map[*string]string{&o.Algorithm: "HS256", &o.UserIDClaim: "user_id", &o.TokenTypeClaim: "token_type",
		&o.JTIClaim: "jti", &o.RevokeClaim: "hash_password"} {
		if *name == "" {
			*name = standard
		}
	}
	if len(o.Keywords) == 0 {
		o.Keywords = []string{"Bearer"}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

// verifyingKey makes of the text of a key what the algorithm takes. Its errors
// do not hold the key.
func verifyingKey(algorithm, key string) (any, error) {
	if jwt.GetSigningMethod(algorithm) == nil {
		return nil, fmt.Errorf("simplejwt: there is no algorithm %q", algorithm)
	}
	var parsed any
	var err error
	switch algorithm[:2] {
	case "HS":
		if strings.Contains(key, "-----BEGIN") {
			return nil, errPEM
		}
		return []byte(key), nil
	case "RS":
		parsed, err = jwt.ParseRSAPublicKeyFromPEM([]byte(key))
	case "ES":
		parsed, err = jwt.ParseECPublicKeyFromPEM([]byte(key))
	default:
		return nil, fmt.Errorf("simplejwt: the algorithm %q is not supported", algorithm)
	}
	if err != nil {
		return nil, fmt.Errorf("simplejwt: the key for %s is not a public key in PEM", algorithm)
	}
	return parsed, nil
}

// errPEM refuses a public key as a secret, because it is not secret. PyJWT does
// so too.
var errPEM = errors.New("simplejwt: a key in PEM is not a secret for HS256: set Options.Algorithm")

// Format hides the key from every verb of package fmt.
func (s *Scheme) Format(f fmt.State, _ rune) { io.WriteString(f, "simplejwt.Scheme") }

// Challenge implements [auth.Scheme].
func (s *Scheme) Challenge() string { return s.opts.Keywords[0] + ` realm="api"` }

// User implements [auth.Scheme]. The errors of a token are
// [auth.ReasonBadToken], [auth.ReasonTokenExpired] and
// [auth.ReasonTokenRevoked].
func (s *Scheme) User(r *http.Request, a *auth.Auth) (*auth.User, error) {
	token, err := auth.Credentials(r, func(word string) bool { return slices.Contains(s.opts.Keywords, word) })
	if err != nil {
		return nil, err
	}
	claims, err := s.verify(token)
	if err != nil {
		return nil, err
	}
	u, err := s.find(r, a, claims[s.opts.UserIDClaim])
	if err != nil {
		return nil, err
	}
	if s.opts.CheckRevoke && !s.isOfPassword(claims, u) {
		return nil, auth.ReasonTokenRevoked
	}
	return u, nil
}

// verify returns what a token says, if it is the site's and an access token.
func (s *Scheme) verify(token string) (jwt.MapClaims, error) {
	claims := jwt.MapClaims{}
	parsed, err := s.parser.ParseWithClaims(token, claims, func(*jwt.Token) (any, error) { return s.key, nil })
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return nil, auth.ReasonTokenExpired
	case err != nil:
		return nil, auth.ReasonBadToken
	}
	if _, critical := parsed.Header["crit"]; critical { // names what must be understood, and here nothing is
		return nil, auth.ReasonBadToken
	}
	if name := s.opts.JTIClaim; name != None {
		if _, ok := claims[name].(string); !ok {
			return nil, auth.ReasonBadToken
		}
	}
	if name := s.opts.TokenTypeClaim; name != None && claims[name] != "access" {
		return nil, auth.ReasonBadToken
	}
	if _, ok := claims[s.opts.UserIDClaim]; !ok {
		return nil, auth.ReasonBadToken
	}
	return claims, nil
}

// find finds the user by a claim: text, or a number as it was before simplejwt
// 5.5.
func (s *Scheme) find(r *http.Request, a *auth.Auth, claim any) (*auth.User, error) {
	if s.opts.ByUsername {
		name, ok := claim.(string)
		if !ok {
			return nil, auth.ReasonBadID
		}
		return a.UserByName(r.Context(), name)
	}
	if number, ok := claim.(json.Number); ok {
		n, ok := new(big.Int).SetString(number.String(), 10)
		if !ok {
			return nil, auth.ReasonBadID
		}
		claim = n
	}
	return a.UserByID(r.Context(), claim)
}

// isOfPassword reports whether the token was made for the user's password.
// Django: rest_framework_simplejwt.utils.get_md5_hash_password.
func (s *Scheme) isOfPassword(claims jwt.MapClaims, u *auth.User) bool {
	held, _ := claims[s.opts.RevokeClaim].(string)
	sum := md5.Sum([]byte(u.Password))
	return subtle.ConstantTimeCompare([]byte(held), []byte(strings.ToUpper(hex.EncodeToString(sum[:])))) == 1
}
