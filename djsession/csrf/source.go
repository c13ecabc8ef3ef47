package csrf

import (
	"net"
	"net/http"
	"strings"
)

// checkSource compares Origin, or under HTTPS Referer if there is no Origin,
// with the request's own origin and the trusted ones.
// Django: CsrfViewMiddleware.process_view.
func (p *Protection) checkSource(r *http.Request) error {
	scheme := p.opts.Scheme(r)
	origin, ok := joined(r.Header, "Origin")
	switch {
	case ok && p.strict:
		host := p.opts.Host(r)
		if host != "" && origin == scheme+"://"+host || p.trusted.hasOrigin(origin, scheme == "https") {
			return nil
		}
		return refuse("Origin checking failed - %s does not match any trusted origins.", origin)
	case scheme == "https":
		return p.checkReferer(r)
	}
	return nil
}

// checkReferer is for HTTPS: an attacker who controls the network can plant a
// cookie by plain HTTP, but not forge the Referer of an HTTPS page.
// Django: CsrfViewMiddleware._check_referer.
func (p *Protection) checkReferer(r *http.Request) error {
	referer, ok := joined(r.Header, "Referer")
	if !ok {
		return refuse(noReferer)
	}
	scheme, host, ok := splitURL(referer)
	switch {
	case !ok, scheme == "", host == "":
		return refuse(malformedRefer)
	case scheme != "https":
		return refuse(insecureReferer)
	case p.trusted.hasHost(host), isSameDomain(host, p.refererHost(r)):
		return nil
	}
	return refuse("Referer checking failed - %s does not match any trusted origins.", scheme+withoutQuery(referer)[len(scheme):])
}

// refererHost is the host that a page of this site has: the request's own, or
// one of the cookie's domain at the request's port.
func (p *Protection) refererHost(r *http.Request) string {
	host, domain := p.opts.Host(r), p.opts.CookieDomain
	if domain == "" {
		return host
	}
	if _, port, err := net.SplitHostPort(host); err == nil && port != "443" && port != "80" {
		return domain + ":" + port
	}
	return domain
}

// withoutQuery cuts off what a log must not show: a query can hold the token of
// a link in a mail.
func withoutQuery(referer string) string {
	if end := strings.IndexAny(referer, "?#"); end >= 0 {
		return referer[:end]
	}
	return referer
}
