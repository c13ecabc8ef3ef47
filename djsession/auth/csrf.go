package auth

import (
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/csrf"
)

const csrfName = "_csrftoken"

// nextCSRF returns a new secret for a session, if that is where the site keeps
// it. Django up to 4.0 reads only masked ones there, of twice the length and
// random throughout; later ones read both.
func (a *Auth) nextCSRF(s *djsession.Session) (secret string, ok bool) {
	secret = csrf.NewSecret()
	if old, _ := s.Text(csrfName); len(old) == len(secret) {
		return secret, true
	}
	return secret + csrf.NewSecret(), a.opts.CSRFUseSessions || s.Has(csrfName)
}
