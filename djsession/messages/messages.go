package messages

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/signing"
)

// Errors to branch on with [errors.Is].
var (
	// ErrNoHandler says that a request did not come through a
	// [Messages.Handler].
	ErrNoHandler = errors.New("messages: the request did not pass through Messages.Handler: serve sessions.Handler(flash.Handler(router))")

	// ErrResponseStarted says that messages were added or read after the
	// response had begun. Nothing was done. It matches
	// djsession.ErrResponseStarted.
	ErrResponseStarted = fmt.Errorf("messages: add and read messages before the first byte of the response: %w", djsession.ErrResponseStarted)
)

// A Messages is a site's messages. It is safe for concurrent use.
type Messages struct {
	sessions *djsession.Manager
	opts     Options
	cookie   cookieCodec
	noKey    bool
}

// New returns the messages of a site with this SECRET_KEY. With an empty key
// every call fails with signing.ErrNoKey.
func New(sessions *djsession.Manager, secretKey string, opts *Options) *Messages {
	m := &Messages{sessions: sessions, noKey: secretKey == ""}
	if opts != nil {
		m.opts = *opts
	}
	m.opts.fillIn()
	m.cookie = newCookieCodec(secretKey, &m.opts)
	m.opts.Fallbacks = nil // secrets are kept no longer than they are needed
	return m
}

// Handler lets the requests that next serves add messages and read them. It
// stands inside the Handler of the manager of sessions. Nothing is read before
// it is asked for.
// Django: django.contrib.messages.middleware.MessageMiddleware.
func (m *Messages) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := &exchange{Context: r.Context(), site: m}
		x.request = r.WithContext(x)
		// The files of an upload are removed by the request that it is a copy
		// of, after a panic too.
		defer func() { r.MultipartForm = x.request.MultipartForm }()
		next.ServeHTTP(w, x.request)
	})
}

type exchangeKey struct{}

// Value finds the exchange itself.
func (x *exchange) Value(key any) any {
	if key == (exchangeKey{}) {
		return x
	}
	return x.Context.Value(key)
}

func fromRequest(r *http.Request) (*exchange, error) {
	x, ok := r.Context().Value(exchangeKey{}).(*exchange)
	switch {
	case !ok:
		return nil, ErrNoHandler
	case x.site.noKey:
		return nil, signing.ErrNoKey
	}
	return x, nil
}
