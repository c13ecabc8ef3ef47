package forwardauth

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// A question is what a proxy asks: may this request pass the endpoint?
type question struct {
	endpoint     string // "" if no endpoint is declared there
	method       string
	scheme, host string
	uri          string      // path and query as the client sent them
	header       http.Header // of the request
}

// Why a question cannot be answered. Each says what to look at.
var (
	errMissing   = errors.New("a header of the proxy's is missing or there twice, or the client named it in Connection")
	errMalformed = errors.New("the request's URL or method is malformed")
	errEndpoint  = errors.New("no endpoint is declared at the path at which the proxy asks")
)

// question reads what a proxy asks by HTTP.
func (h *Handler) question(r *http.Request) (*question, error) {
	path, _, _ := strings.Cut(r.RequestURI, "?") // Caddy appends the client's query
	q := &question{header: r.Header}
	var err error
	switch h.opts.From {
	case XForwarded:
		q.endpoint = path
		err = q.readForwarded(r.Header)
	case XOriginal:
		q.endpoint = path
		err = q.readOriginal(r.Header)
	default:
		q.method, q.host, q.scheme = r.Method, r.Host, "https"
		if r.Header.Get("X-Forwarded-Proto") == "http" {
			q.scheme = "http"
		}
		q.endpoint, q.uri = h.splitPath(r.RequestURI)
	}
	if _, ok := h.opts.Endpoints[q.endpoint]; !ok {
		return q, errEndpoint
	}
	if err != nil {
		return q, err
	}
	return q, q.check()
}

// splitPath finds the endpoint before the path of the request itself.
func (h *Handler) splitPath(uri string) (endpoint, rest string) {
	for path := range h.opts.Endpoints { // none is below another
		if rest, ok := strings.CutPrefix(uri, path); ok && strings.HasPrefix(rest, "/") {
			return path, rest
		}
	}
	return "", ""
}

func (q *question) readForwarded(h http.Header) error {
	method, okMethod := one(h, "X-Forwarded-Method")
	uri, okURI := one(h, "X-Forwarded-Uri")
	host, okHost := one(h, "X-Forwarded-Host")
	proto, okProto := one(h, "X-Forwarded-Proto")
	if !okMethod || !okURI || !okHost || !okProto {
		return errMissing
	}
	q.method, q.uri, q.host, q.scheme = method, uri, host, proto
	return nil
}

func (q *question) readOriginal(h http.Header) error {
	whole, okURL := one(h, "X-Original-Url")
	method, okMethod := one(h, "X-Original-Method")
	if !okURL || !okMethod {
		return errMissing
	}
	scheme, rest, ok := strings.Cut(whole, "://")
	slash := strings.IndexByte(rest, '/')
	if !ok || slash < 0 {
		return errMalformed
	}
	q.method, q.scheme, q.host, q.uri = method, scheme, rest[:slash], rest[slash:]
	return nil
}

// one returns the value of a header that must be there exactly once.
func one(h http.Header, name string) (string, bool) {
	values := h[name]
	if len(values) != 1 {
		return "", false
	}
	return values[0], true
}

// maxURI is the size in bytes of the longest path and query that is looked at.
// Servers take 8 KiB by default, and Go a little more.
const maxURI = 64 << 10

// check refuses what the proxy, the upstream and the login page may read
// differently, and which no browser sends.
func (q *question) check() error {
	if q.method == "" || len(q.method) > 32 || strings.Trim(q.method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return errMalformed
	}
	if q.scheme != "http" && q.scheme != "https" && q.scheme != "ws" && q.scheme != "wss" {
		return errMalformed
	}
	q.scheme = strings.Replace(q.scheme, "ws", "http", 1) // Traefik says ws for a WebSocket
	path, _, _ := strings.Cut(q.uri, "?")
	switch {
	case q.uri == "*" && q.method == http.MethodOptions:
		return nil
	case !strings.HasPrefix(q.uri, "/") || len(q.uri) > maxURI:
		return errMalformed
	case strings.ContainsFunc(q.uri, isOdd), strings.Contains(path, `\`):
		return errMalformed
	}
	if _, err := url.ParseRequestURI(q.uri); err != nil {
		return errMalformed
	}
	return nil
}

func isOdd(r rune) bool { return r <= ' ' || r == 0x7f || r == '#' }

// isPreflight reports whether a browser asks whether it may send a request of
// another site's page.
func (q *question) isPreflight() bool {
	return q.method == http.MethodOptions &&
		q.header.Get("Origin") != "" && q.header.Get("Access-Control-Request-Method") != ""
}

// isNavigation reports whether a person waits for a page, and not a program for
// data: only that may be redirected to the login page.
func (q *question) isNavigation() bool {
	mode := q.header.Get("Sec-Fetch-Mode")
	return (q.method == http.MethodGet || q.method == http.MethodHead) &&
		strings.Contains(q.header.Get("Accept"), "text/html") &&
		(mode == "" || mode == "navigate") &&
		!strings.EqualFold(q.header.Get("X-Requested-With"), "XMLHttpRequest")
}
