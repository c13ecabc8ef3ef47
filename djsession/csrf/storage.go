package csrf

import (
	"net/http"
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/vary"
)

// sessionName is the name of the secret in a session.
const sessionName = "_csrftoken"

// stored is the secret that came with a request.
type stored struct {
	present   bool
	text      string // as it is in the cookie or in the session
	secret    string // empty if text holds none
	malformed string // what is wrong with a cookie
}

func newStored(text string) stored {
	s := stored{present: true, text: text, malformed: checkFormat(text)}
	if s.malformed == "" {
		s.secret = unmask(text)
	}
	return s
}

// read finds the secret of a request. An error is that of the session's store.
// Django: CsrfViewMiddleware._get_secret.
func (p *Protection) read(r *http.Request) (stored, error) {
	if !p.opts.UseSessions {
		if text, ok := djsession.CookieValue(r.Header, p.opts.CookieName); ok {
			return newStored(text), nil
		}
		return stored{}, nil
	}
	session, err := p.session(r)
	if err != nil {
		return stored{}, err
	}
	if text, ok := session.Text(sessionName); ok {
		s := newStored(text)
		s.malformed = "" // Django does not look: such a secret matches nothing
		return s, nil
	}
	return stored{present: session.Has(sessionName)}, nil
}

func (p *Protection) session(r *http.Request) (*djsession.Session, error) {
	if m := p.opts.Sessions; m != nil {
		return m.FromRequest(r)
	}
	return djsession.FromRequest(r)
}

// toStore returns the text that holds a secret. One that holds it already, in
// the right layout, stays.
func (p *Protection) toStore(secret string, old stored) string {
	length := secretLength
	if p.masked {
		length = maskedLength
	}
	if old.secret == secret && len(old.text) == length {
		return old.text
	}
	if p.masked {
		return mask(secret)
	}
	return secret
}

// write stores text in the session or sends it as the cookie, as the response
// begins. A cookie that the handler sends itself stays, such as that of a
// Django behind a reverse proxy.
// Django: CsrfViewMiddleware._set_csrf_cookie.
func (p *Protection) write(r *http.Request, h http.Header, text string) error {
	if p.opts.UseSessions {
		session, err := p.session(r)
		if err != nil {
			return err
		}
		if old, ok := session.Text(sessionName); !ok || old != text {
			session.Set(sessionName, text)
		}
		return nil
	}
	if !p.isSetIn(h) {
		h.Add("Set-Cookie", p.cookie(text))
	}
	vary.OnCookie(h)
	return nil
}

func (p *Protection) isSetIn(h http.Header) bool {
	for _, line := range h["Set-Cookie"] {
		if name, _, _ := strings.Cut(line, "="); strings.Trim(name, " \t") == p.opts.CookieName {
			return true
		}
	}
	return false
}

// cookie returns the Set-Cookie header. Browsers refuse a prefixed cookie that
// breaks its promise, so the prefix decides.
func (p *Protection) cookie(text string) string {
	o := &p.opts
	c := http.Cookie{Name: o.CookieName, Value: text, Domain: o.CookieDomain, Path: o.CookiePath, Secure: o.CookieSecure,
		HttpOnly: o.CookieHTTPOnly, SameSite: o.CookieSameSite}
	if c.SameSite == http.SameSiteDefaultMode {
		c.SameSite = 0 // which net/http leaves out
	}
	if o.CookieAge > 0 {
		c.MaxAge = int(o.CookieAge / time.Second)
		c.Expires = o.Now().Add(o.CookieAge)
	}
	switch {
	case strings.HasPrefix(c.Name, "__Host-"):
		c.Secure, c.Domain, c.Path = true, "", "/"
	case strings.HasPrefix(c.Name, "__Secure-"):
		c.Secure = true
	}
	return c.String()
}
