package csrf

import (
	"fmt"
	"net/http"
	"strings"
)

// An Error is why a request was refused.
type Error struct {
	// Reason is Django's own text, such as "CSRF cookie not set.". It may name
	// what the client sent as Origin or Referer, but no token.
	Reason string

	// Status is 403, or 400 for a form that cannot be read.
	Status int
}

func (e *Error) Error() string { return "csrf: " + e.Reason }

func refuse(format string, args ...any) error {
	return &Error{Reason: fmt.Sprintf(format, args...), Status: http.StatusForbidden}
}

const (
	noCookie        = "CSRF cookie not set."
	noToken         = "CSRF token missing."
	badToken        = "CSRF token missing or incorrect." // for all of them up to Django 3.2
	noReferer       = "Referer checking failed - no Referer."
	malformedRefer  = "Referer checking failed - Referer is malformed."
	insecureReferer = "Referer checking failed - Referer is insecure while host is secure."
)

// Check returns nil if the request may change something: its method is safe, it
// is exempt, or it passes the checks of Options.Mode. Otherwise the error is an
// [*Error]; with Options.UseSessions it may be that of djsession.FromRequest.
//
// [Protection.Handler] calls Check. Call it yourself where a request was exempt
// and should not be after all, such as one that has a session's cookie in place
// of an API key, and where no handler stands around the service.
//
// Of a POST with a form Check reads the body, as Options.MaxBody says, and sets
// r.Body to one that begins again at the start.
func (p *Protection) Check(r *http.Request) error {
	if isSafe(r.Method) || p.isExempt(r) {
		return nil
	}
	if x, ok := r.Context().Value(p).(*exchange); ok {
		return p.check(r, x.sent)
	}
	return p.check(r, func() (stored, error) { return p.read(r) })
}

// check makes the checks in the order of their costs. sent returns the secret
// that came with the request.
func (p *Protection) check(r *http.Request, sent func() (stored, error)) error {
	if p.opts.Mode != FetchMetadataOnly {
		if err := p.checkSource(r); err != nil {
			return err
		}
	}
	if p.opts.Mode != TokenOnly {
		if err := p.checkFetchMetadata(r); err != nil {
			return err
		}
	}
	if p.opts.Mode == FetchMetadataOnly {
		return nil
	}
	secret, err := sent()
	if err != nil {
		return err
	}
	return p.checkToken(r, secret)
}

// checkFetchMetadata refuses what browsers call cross-origin. Django trusts
// origins by patterns, which http.CrossOriginProtection does not know, so they
// are looked at here.
func (p *Protection) checkFetchMetadata(r *http.Request) error {
	if origin, ok := joined(r.Header, "Origin"); ok && p.trusted.hasOrigin(origin, p.opts.Scheme(r) == "https") {
		return nil
	}
	seen := http.Request{Method: r.Method, Header: r.Header, Host: p.opts.Host(r)}
	if err := p.fetch.Check(&seen); err != nil {
		return refuse("%v", err)
	}
	return nil
}

// checkToken compares the token of a form or of a header with the secret.
// Django: CsrfViewMiddleware._check_token.
func (p *Protection) checkToken(r *http.Request, secret stored) error {
	switch {
	case !secret.present:
		return refuse(noCookie)
	case p.strict && secret.malformed != "":
		return refuse("CSRF cookie %s.", secret.malformed)
	}
	token, err := p.field(r)
	if err != nil {
		return err
	}
	source := "POST"
	if token == "" {
		var ok bool
		if token, ok = joined(r.Header, p.header); !ok {
			return p.refuseToken(noToken)
		}
		source = fmt.Sprintf("the '%s' HTTP header", p.header)
	}
	if malformed := checkFormat(token); malformed != "" {
		return p.refuseToken("CSRF token from %s %s.", source, malformed)
	}
	if secret.secret == "" || !matches(token, secret.secret) {
		return p.refuseToken("CSRF token from %s incorrect.", source)
	}
	return nil
}

// refuseToken refuses in the words of 4.0, or in those of 3.2, which had the
// same for all.
func (p *Protection) refuseToken(format string, args ...any) error {
	if !p.strict {
		return refuse(badToken)
	}
	return refuse(format, args...)
}

// joined returns a header as WSGI gives it to Django, several lines joined by
// commas, and whether there is any. The value is not trimmed.
func joined(h http.Header, key string) (string, bool) {
	lines := h[key]
	switch len(lines) {
	case 0:
		return "", false
	case 1:
		return lines[0], true
	}
	return strings.Join(lines, ","), true
}
