package forwardauth

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

// A Handler answers a proxy that asks whether a request may pass, and who its
// user is. It never writes: no session is saved, deleted or given another key,
// and no cookie is sent. It is safe for concurrent use.
//
// Serve it as the root handler of its own server, as [NewServer] does. An
// http.ServeMux in front redirects paths that it cleans, and middleware against
// CSRF refuses the POST requests of EnvoyPath.
type Handler struct {
	sessions *djsession.Manager
	login    *auth.Auth
	opts     Options
	page     *loginPage
	names    []string // of the identity headers
	cache    *cache
	seen     seen
}

// New returns a handler that knows users by the sessions of a manager and the
// logins of an auth. The error says what is wrong with opts.
func New(sessions *djsession.Manager, login *auth.Auth, opts *Options) (*Handler, error) {
	h := &Handler{sessions: sessions.ReadOnly(), login: login}
	if opts != nil {
		h.opts = *opts
	}
	h.opts.fillIn()
	if err := h.opts.problem(); err != nil {
		return nil, err
	}
	h.page, _ = newLoginPage(&h.opts) // problem has tried it
	h.names = h.opts.Headers.Names()
	h.cache = newCache(h.opts.Cache, h.opts.CacheSize, h.opts.Timeout, h.opts.Now)
	return h, nil
}

// removeHeader names the headers of the client that Envoy takes out.
const removeHeader = "X-Envoy-Auth-Headers-To-Remove"

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case h.opts.From == EnvoyGRPC:
		h.serveGRPC(w, r)
	case !h.trusts(r):
		a := answer{status: http.StatusForbidden, reason: "untrusted", err: errUntrusted}
		h.report(r.Context(), nil, &a, time.Now())
		h.write(w, r, &a)
	default:
		start := time.Now()
		q, err := h.question(r)
		var a answer
		if err != nil {
			a = h.badRequest(err)
		} else {
			a = h.answer(r.Context(), q)
		}
		h.report(r.Context(), q, &a, start)
		h.write(w, r, &a)
	}
}

var errUntrusted = errors.New("an address asks that Options.Trusted does not hold")

// trusts reports whether this proxy may ask. Who may open a Unix socket is for
// the file system to say.
func (h *Handler) trusts(r *http.Request) bool {
	if h.opts.Trusted == nil {
		return true
	}
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && local.Network() == "unix" {
		return true
	}
	return h.opts.trusts(r.RemoteAddr)
}

// write sends an answer by HTTP. Envoy lets a request pass with 200 only.
func (h *Handler) write(w http.ResponseWriter, r *http.Request, a *answer) {
	header := w.Header()
	for name, values := range a.header {
		header[name] = values
	}
	header.Set("Cache-Control", "no-store")
	if a.status != http.StatusOK && h.opts.TellReason {
		header.Set("X-Auth-Reason", a.reason)
	}
	if a.status == http.StatusOK && h.opts.From == EnvoyPath {
		var empty []string
		for _, name := range h.names {
			if header.Get(name) == "" {
				empty = append(empty, strings.ToLower(name))
				header.Del(name)
			}
		}
		if len(empty) > 0 {
			header.Set(removeHeader, strings.Join(empty, ","))
		}
	}
	body := text(a.status)
	if body != "" {
		header.Set("Content-Type", "text/plain; charset=utf-8")
		header.Set("X-Content-Type-Options", "nosniff")
	}
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write([]byte(body)) // a client that has gone away needs no answer
	}
}

// text is what a person sees who may not pass.
func text(status int) string {
	switch status {
	case http.StatusOK:
		return ""
	case http.StatusFound, http.StatusUnauthorized:
		return "Log in first.\n"
	case http.StatusServiceUnavailable:
		return "Logins are unavailable at the moment.\n"
	}
	return http.StatusText(status) + "\n"
}

// Check answers about a request that this program serves itself, under the rule
// of an endpoint: its user, or an error that matches auth.ErrNotLoggedIn,
// auth.ErrForbidden or djsession.ErrAmbiguousCookie. Any other error means that
// it could not be found out.
func (h *Handler) Check(ctx context.Context, endpoint string, header http.Header) (*auth.User, error) {
	rule, ok := h.opts.Endpoints[endpoint]
	if !ok {
		return nil, errEndpoint
	}
	key, err := h.sessions.UnambiguousKey(header)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, h.opts.Timeout)
	defer cancel()
	u, _, err := h.user(ctx, key)
	if err != nil {
		return nil, err
	}
	return u, rule.check(ctx, h.login, u)
}
