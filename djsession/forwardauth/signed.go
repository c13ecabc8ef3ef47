package forwardauth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/textproto"
	"strings"
	"time"
)

// Claims are what a signed header says of a user. The header is a JSON Web
// Token with HS256, which libraries of every language verify.
type Claims struct {
	ID        string   `json:"sub"`
	Username  string   `json:"name"`
	Email     string   `json:"email,omitempty"`
	Groups    []string `json:"groups,omitempty"` // only with Headers.Groups
	Staff     bool     `json:"staff"`
	Superuser bool     `json:"superuser"`
	Issuer    string   `json:"iss"` // "djsession"
	Audience  string   `json:"aud,omitempty"`
	IssuedAt  int64    `json:"iat"` // seconds since 1970
	Expires   int64    `json:"exp"` // seconds since 1970
}

// issuer names who signed, and tokenHeader is the only first part of a token
// that is taken: nothing in a token chooses how it is verified.
const (
	issuer      = "djsession"
	tokenHeader = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9" // {"alg":"HS256","typ":"JWT"}
)

func (h *Handler) sign(c Claims) string {
	now := h.opts.Now()
	c.Issuer, c.Audience, c.IssuedAt, c.Expires = issuer, h.opts.Audience, now.Unix(), now.Add(h.opts.SignFor).Unix()
	payload, err := json.Marshal(&c)
	if err != nil {
		panic(err) // strings, numbers and booleans
	}
	text := tokenHeader + "." + base64.RawURLEncoding.EncodeToString(payload)
	return text + "." + signature(h.opts.Sign, text)
}

func signature(key []byte, text string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// ErrNotSigned says that a signed header is missing, there more than once,
// forged, too old or for another audience.
var ErrNotSigned = errors.New("forwardauth: the signed header is missing or not valid")

// A Verifier checks signed headers in an upstream: it need not trust what lies
// between.
type Verifier struct {
	// Header is its name. Default: "X-Auth-Signed".
	Header string

	// Keys are the secrets that are good, Options.Sign among them: at least
	// one.
	Keys [][]byte

	// Audience must be that of the header, if it is set.
	Audience string

	// Leeway is by how much the two clocks may differ. Default: 5 seconds.
	Leeway time.Duration

	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// Verify returns what a request's header says of its user, or [ErrNotSigned].
func (v *Verifier) Verify(header http.Header) (*Claims, error) {
	name := v.Header
	if name == "" {
		name = "X-Auth-Signed"
	}
	token, ok := one(header, textproto.CanonicalMIMEHeaderKey(name))
	last := strings.LastIndexByte(token, '.')
	if !ok || last < 0 || len(token) > maxValue || !v.signed(token[:last], token[last+1:]) {
		return nil, ErrNotSigned
	}
	first, payload, _ := strings.Cut(token[:last], ".")
	text, err := base64.RawURLEncoding.DecodeString(payload)
	c := new(Claims)
	if first != tokenHeader || err != nil || json.Unmarshal(text, c) != nil || !v.current(c) {
		return nil, ErrNotSigned
	}
	return c, nil
}

func (v *Verifier) signed(text, got string) bool {
	for _, key := range v.Keys {
		if len(key) >= minSecret && hmac.Equal([]byte(signature(key, text)), []byte(got)) {
			return true
		}
	}
	return false
}

func (v *Verifier) current(c *Claims) bool {
	now, leeway := time.Now, v.Leeway
	if v.Now != nil {
		now = v.Now
	}
	if leeway == 0 {
		leeway = 5 * time.Second
	}
	at := now()
	return c.Issuer == issuer && c.ID != "" && (v.Audience == "" || c.Audience == v.Audience) &&
		at.Before(time.Unix(c.Expires, 0).Add(leeway)) && !at.Before(time.Unix(c.IssuedAt, 0).Add(-leeway))
}
