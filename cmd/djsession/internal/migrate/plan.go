// Package migrate re-encodes sessions in place: pickle to JSON, the legacy
// layout to the modern one, an old secret key to the current one. It logs no
// user out, and loses no session that changes at the same time.
package migrate

import (
	"crypto/subtle"
	"encoding/hex"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/survey"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/pickled"
	"github.com/djsession/djsession-go/signing"
)

// A Plan is what sessions are to become, and what it takes to read and write
// them.
type Plan struct {
	JSON   bool // pickles become JSON
	Modern bool // the legacy layout, and SHA-1 anywhere, become what Django 4.0 and later read
	Key    bool // what a fallback key signed is signed with the current one
	Rules  Rules

	SecretKey string
	Fallbacks []string
	Codec     djsession.CodecOptions // how the site signs, for its salt and names; serializers, layout and clock are the plan's

	// OtherHashes is set for a site whose session auth hashes are not Django's:
	// they stay as they are.
	OtherHashes bool
}

// reader is a codec that reads all that a plan may change.
func (p *Plan) reader() *djsession.Codec {
	opts := p.Codec
	opts.Fallbacks, opts.AcceptSHA1 = p.Fallbacks, true
	opts.Serializer, opts.AlsoRead = djsession.JSON, []djsession.Serializer{pickled.New(nil)}
	return djsession.NewCodec(p.SecretKey, &opts)
}

// A writer re-encodes sessions, one after the other.
type writer struct {
	plan   *Plan
	at     time.Time // when the session was signed
	codecs map[form]*djsession.Codec
}

// form is how a session is written.
type form struct {
	layout     djsession.Layout
	serializer string
}

func (p *Plan) writer() *writer {
	return &writer{plan: p, codecs: make(map[form]*djsession.Codec)}
}

func (w *writer) codec(f form) *djsession.Codec {
	if c := w.codecs[f]; c != nil {
		return c
	}
	opts := w.plan.Codec
	opts.Layout, opts.Serializer = f.layout, djsession.JSON
	if f.serializer == "pickle" {
		var pickles pickled.Options
		if f.layout == djsession.LayoutLegacy {
			pickles.Protocol = 2 // who reads this layout may be Python 2
		}
		opts.Serializer = pickled.New(&pickles)
	}
	// A rewritten session keeps its timestamp, which is the only record of its
	// age.
	opts.Now = func() time.Time { return w.at }
	c := djsession.NewCodec(w.plan.SecretKey, &opts)
	w.codecs[f] = c
	return c
}

// An outcome is what becomes of a session.
type outcome struct {
	result    result
	text      string // the new one, for rewrite
	obstacles []Obstacle
	login     loginResult
}

type result uint8

const (
	leave      result = iota // it is what it should be
	rewrite                  // it gets a new text
	obstructed               // it holds what JSON cannot
	unreadable
)

// rewrite decides on one session. passwords holds those of the users that
// [Plan.userOf] named.
func (w *writer) rewrite(s *survey.Session, passwords map[string]string) (outcome, error) {
	if s.Err != nil {
		return outcome{result: unreadable}, nil
	}
	enc, now := &s.Encoding, form{s.Encoding.Layout, s.Encoding.Serializer}
	then := now
	if w.plan.Modern {
		then.layout = djsession.LayoutModern
	}
	if w.plan.JSON {
		then.serializer = djsession.JSON.Name()
	}
	out := outcome{}
	data := s.Data.Clone()
	if w.plan.Modern || w.plan.Key {
		out.login = w.plan.renewLogin(data, passwords)
	}
	changes := then != now || w.plan.Key && enc.Key > 0 || w.plan.Modern && enc.Layout == djsession.LayoutModern && enc.Algorithm == signing.SHA1
	if !changes && out.login != renewed {
		return out, nil
	}
	if then.serializer != now.serializer {
		if out.obstacles = w.plain(data); len(out.obstacles) > 0 {
			out.result, out.login = obstructed, noLogin
			return out, nil
		}
	}
	if w.at = enc.SignedAt; w.at.IsZero() {
		w.at = time.Now()
	}
	var err error
	out.result = rewrite
	out.text, err = w.codec(then).Encode(data)
	return out, err
}

// plain makes of a pickled session what JSON can hold, or says what is in the
// way.
func (w *writer) plain(data *djsession.Data) []Obstacle {
	c := &converter{rules: w.plan.Rules}
	if data.Extra != nil {
		c.obstacle("names that are no str", "")
	}
	for name := range data.Names() {
		value, _, err := data.Get(name)
		if err != nil {
			c.path = []string{name}
			c.obstacle("a value that cannot be read", "")
			continue
		}
		data.Set(name, c.at(name, value))
	}
	return c.obstacles
}

// loginResult is what becomes of a session's login.
type loginResult uint8

const (
	noLogin     loginResult = iota
	current                 // its hash is what it should be
	renewed                 // its hash is a new one
	alreadyOver             // its hash was wrong before: the user has another password, or is gone
	unknown                 // users cannot be looked up
)

// userOf returns the user whose password is needed to renew a login.
func (p *Plan) userOf(s *survey.Session) (id string, ok bool) {
	if s.Err != nil || !p.Modern && !p.Key || p.OtherHashes || !s.Data.Has(survey.HashName) {
		return "", false
	}
	return s.User()
}

// The salt of session auth hashes.
// Django: AbstractBaseUser.get_session_auth_hash.
const authSalt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"

func authHash(password, key string, algorithm signing.Algorithm) string {
	return hex.EncodeToString(signing.SaltedHMAC(authSalt, password, key, algorithm))
}

// renewLogin replaces the auth hash of a login by that of the current key, if
// the old one is good under some key: a user who was logged out by a change of
// password stays logged out.
func (p *Plan) renewLogin(data *djsession.Data, passwords map[string]string) loginResult {
	hash, ok := data.Text(survey.HashName)
	s := survey.Session{Data: data}
	id, loggedIn := s.User()
	if !ok || !loggedIn || p.OtherHashes {
		return noLogin
	}
	if passwords == nil {
		return unknown
	}
	password, found := passwords[id]
	if !found {
		return alreadyOver
	}
	keys := append([]string{p.SecretKey}, p.Fallbacks...)
	for i, key := range keys {
		if key == "" {
			continue // the empty key is known
		}
		for _, algorithm := range []signing.Algorithm{signing.SHA256, signing.SHA1} {
			if !equal(hash, authHash(password, key, algorithm)) {
				continue
			}
			newKey, newAlgorithm := i, algorithm
			if p.Key {
				newKey = 0
			}
			if p.Modern {
				newAlgorithm = signing.SHA256
			}
			if newKey == i && newAlgorithm == algorithm {
				return current
			}
			data.Set(survey.HashName, authHash(password, keys[newKey], newAlgorithm))
			return renewed
		}
	}
	return alreadyOver
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
