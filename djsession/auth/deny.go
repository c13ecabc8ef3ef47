package auth

import (
	"errors"
	"net/http"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/problem"
)

// Error answers a request with an error of [FromRequest] or [Auth.HasPerms].
//
// If the request has no user, a browser is sent to Options.LoginURL, with the
// way back in the parameter "next". Requests that do not accept HTML, or that
// carry a token, get a 401 with a WWW-Authenticate for each scheme; an
// [ErrForbidden] is a 403. Both have problem details in JSON (RFC 9457), whose
// "reason" is [Reason.Name]. Options.Deny may answer these two in another way.
// All other errors are passed to djsession.Error.
func Error(w http.ResponseWriter, r *http.Request, err error) {
	if x, ok := r.Context().Value(exchangeKey{}).(*exchange); ok {
		x.auth.answer(w, r, err)
		return
	}
	djsession.Error(w, r, err)
}

func (a *Auth) answer(w http.ResponseWriter, r *http.Request, err error) {
	page, _ := a.asks(err)
	switch {
	case !isDenial(err):
		djsession.Error(w, r, err)
		return
	case a.opts.Deny != nil:
		a.opts.Deny(w, r, err)
		return
	case page != "":
		w.Header().Add("Vary", "Accept")
		if problem.WantsHTML(r) && r.Header.Get("Authorization") == "" {
			http.Redirect(w, r, a.pageURL(r, page), http.StatusFound)
			return
		}
	}
	status := http.StatusForbidden
	if errors.Is(err, ErrNotLoggedIn) {
		status = http.StatusUnauthorized
		a.challenge(w.Header())
	}
	a.deny(w, status, err)
}

func isDenial(err error) bool {
	return errors.Is(err, ErrNotLoggedIn) || errors.Is(err, ErrForbidden) || errors.Is(err, ErrNotVerified) || errors.Is(err, ErrNotRecent)
}

// asks returns the page that asks a user for what is missing, and what to tell
// a client other than a browser.
func (a *Auth) asks(err error) (page string, d problem.Details) {
	switch {
	case errors.Is(err, ErrForbidden):
		return "", problem.Details{Detail: "You do not have permission to do this.", Reason: "forbidden"}
	case errors.Is(err, ErrNotVerified):
		return a.opts.VerifyURL, problem.Details{Detail: "Prove a second factor first.", Reason: "not_verified"}
	case errors.Is(err, ErrNotRecent):
		return a.opts.ReauthenticateURL, problem.Details{Detail: "Log in once more first.", Reason: "not_recent"}
	}
	return a.opts.LoginURL, problem.Details{Detail: "Log in first.", Reason: Reason(0).Name()}
}

// challenge names the schemes by which a request may be repeated. A 401 must
// name one; browsers do not ask for a password by the last resort, "Cookie".
func (a *Auth) challenge(h http.Header) {
	h.Del("WWW-Authenticate")
	for _, scheme := range a.opts.Schemes {
		if c := scheme.Challenge(); c != "" {
			h.Add("WWW-Authenticate", c)
		}
	}
	if h.Get("WWW-Authenticate") == "" {
		h.Set("WWW-Authenticate", "Cookie")
	}
}

// deny writes what err says to the client, and not what it wraps: that may be
// the site's own, such as a name of a backend.
func (a *Auth) deny(w http.ResponseWriter, status int, err error) {
	_, d := a.asks(err)
	d.Status = status
	if _, ok := errors.AsType[*CSRFError](err); ok {
		d.Detail, d.Reason = "The CSRF check failed.", "csrf"
	} else if reason, ok := errors.AsType[Reason](err); ok {
		d.Detail, d.Reason = reason.sentence(), reason.Name()
	}
	problem.Write(w, d)
}
