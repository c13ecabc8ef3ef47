package csrf

import (
	"context"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"sync"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/guest"
)

// An exchange is a request and its response, with the secret that they share.
type exchange struct {
	place      guest.Node
	protection *Protection
	request    *http.Request

	mu     sync.Mutex
	loaded bool   // came is known
	came   stored // with the request
	secret string // from now on; empty until a token was asked for
	update bool   // the response sends or stores the secret
	began  bool   // the response
	failed bool   // a token could not be made, which was logged
}

type exchangeKey struct{}

// Value finds the exchange itself: the innermost by exchangeKey, that of a
// protection by the protection.
func (x *exchange) Value(key any) any {
	switch key {
	case exchangeKey{}, x.protection:
		return x
	}
	return nil
}

// Handler checks each request before next serves it, see [Protection.Check],
// and gives it a token, see [Token]. Put it around the whole router, inside of
// Manager.Handler and around Auth.Handler:
//
//	sessions.Handler(protection.Handler(login.Handler(router)))
//
// The cookie is sent, or the secret stored in the session, just before the
// first byte of the response. Do not put it around forwardauth, where the
// method and the body are not those of a form.
// Django: django.middleware.csrf.CsrfViewMiddleware.
func (p *Protection) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, ok := r.Context().Value(guest.HostKey{}).(guest.Host)
		if !ok {
			p.serveAlone(next, w, r)
			return
		}
		x := &exchange{protection: p, request: r}
		x.place.Guest = x
		host.Invite(&x.place)
		x.serve(next, w, r)
	})
}

func (x *exchange) serve(next http.Handler, w http.ResponseWriter, r *http.Request) {
	if err := x.protection.Check(r); err != nil {
		x.deny(w, r, err)
		return
	}
	next.ServeHTTP(w, r)
}

// sent returns the secret that came with the request.
func (x *exchange) sent() (stored, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.load()
}

func (x *exchange) load() (stored, error) {
	if !x.loaded {
		came, err := x.protection.read(x.request)
		if err != nil {
			return stored{}, err
		}
		x.came, x.loaded = came, true
	}
	return x.came, nil
}

// token returns a token for the secret of the request, which is a new one if
// the browser has none.
func (x *exchange) token() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.secret == "" {
		came, err := x.load()
		if err != nil {
			x.report(err)
			return ""
		}
		if x.secret = came.secret; x.secret == "" {
			x.secret = NewSecret()
		}
	}
	if x.began && !x.update && x.secret != x.came.secret {
		x.report(errLate)
		return ""
	}
	x.update = true
	return mask(x.secret)
}

// BeforeResponse sends the cookie or stores the secret, once, if a token was
// asked for or the secret was changed.
func (x *exchange) BeforeResponse(h http.Header) (changed bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.began {
		return false
	}
	x.began = true
	if !x.update {
		return false
	}
	p := x.protection
	if err := p.write(x.request, h, p.toStore(x.secret, x.came)); err != nil {
		x.report(err)
	}
	return true
}

// report logs why a token cannot be used, once a request. The error of a store
// may name the session's key.
func (x *exchange) report(err error) {
	if x.failed {
		return
	}
	x.failed = true
	if err != errLate && !errors.Is(err, djsession.ErrNoManager) {
		err = errNoSession
	}
	report(x.protection.opts.logger(), x.request, err)
}

func report(log *slog.Logger, r *http.Request, err error) {
	log.LogAttrs(r.Context(), slog.LevelError, "a form was made that cannot be sent", slog.String("error", err.Error()),
		slog.String("method", r.Method), slog.String("path", r.URL.Path))
}

// Token returns a token for a form, or for scripts to send in a header. Each
// call returns another token. All of them are valid as long as the browser
// keeps its cookie, or its session. Call it before the first byte of the
// response, which sets the cookie.
//
// It returns "" and logs an error if the request did not pass through
// [Protection.Handler], if the session's store failed, or if the browser has no
// secret and the response has begun.
// Django: django.middleware.csrf.get_token.
func Token(r *http.Request) string {
	x, ok := r.Context().Value(exchangeKey{}).(*exchange)
	if !ok {
		report(slog.Default(), r, errNoHandler)
		return ""
	}
	return x.token()
}

// Field returns the hidden field with a [Token] that each form with the method
// POST must hold.
// Django: {% csrf_token %}.
func Field(r *http.Request) template.HTML {
	return template.HTML(`<input type="hidden" name="` + fieldName + `" value="` + Token(r) + `">`)
}

// Rotate gives the browser a new secret, so that forms from before are refused.
// auth.Login calls it. The context is that of a request; outside of
// [Protection.Handler], and once the response has begun, Rotate does nothing.
// Django: django.middleware.csrf.rotate_token.
func Rotate(ctx context.Context) {
	x, ok := ctx.Value(exchangeKey{}).(*exchange)
	if !ok || x.protection.opts.Mode == FetchMetadataOnly {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.began {
		return
	}
	x.secret, x.update = NewSecret(), true
}
