package csrf

import (
	"errors"
	"html/template"
	"log/slog"
	"net/http"

	"github.com/djsession/djsession-go/djsession"
)

var (
	errNoHandler = errors.New("csrf: the request did not pass through Protection.Handler: " +
		"serve sessions.Handler(protection.Handler(router)), not the router alone")

	errNoSession = errors.New("csrf: the session that holds the secret cannot be read: " +
		"ask djsession.FromRequest before, and answer its error by djsession.Error")

	errLate = errors.New("csrf: the browser has no secret yet, and the response had begun, so that it could not be sent one: " +
		"call Token before the first byte is written, or render the page into a buffer")
)

// deny answers a request that is refused, or whose secret cannot be read. A
// malformed cookie, with which no form can be sent, is replaced.
func (x *exchange) deny(w http.ResponseWriter, r *http.Request, err error) {
	p := x.protection
	refused, ok := err.(*Error)
	if !ok {
		djsession.Error(w, r, err)
		return
	}
	x.replaceMalformed()
	p.opts.logger().LogAttrs(r.Context(), slog.LevelWarn, "the request was refused", slog.String("reason", shortened(refused.Reason)),
		slog.String("method", r.Method), slog.String("path", r.URL.Path))
	p.opts.Deny(w, r, err)
}

func (x *exchange) replaceMalformed() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.protection.strict && x.came.malformed != "" && x.secret == "" {
		x.secret, x.update = NewSecret(), true
	}
}

// shortened bounds what a client can put into a log.
func shortened(reason string) string {
	const limit = 300
	if len(reason) > limit {
		return reason[:limit] + "..."
	}
	return reason
}

// ServeError is the default of Options.Deny: a page with the status of an
// [*Error], that says what the user can do. Like Django's it does not give the
// reason, which is for the log.
// Django: django.views.csrf.csrf_failure.
func ServeError(w http.ResponseWriter, r *http.Request, err error) {
	refused := &Error{Status: http.StatusForbidden}
	errors.As(err, &refused)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(refused.Status)
	_ = page.Execute(w, map[string]any{
		"Status": refused.Status, "Text": http.StatusText(refused.Status),
		"NoCookie": refused.Reason == noCookie, "NoReferer": refused.Reason == noReferer,
	})
}

var page = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{{.Status}} {{.Text}}</title>
</head>
<body>
<h1>{{.Text}} ({{.Status}})</h1>
<p>CSRF verification failed. Request aborted.</p>
{{if .NoCookie}}<p>This site needs a cookie to know that a form came from its own pages. If your browser refuses cookies, please allow them for this
site, load the page with the form again, and send it.</p>
{{else if .NoReferer}}<p>This site needs your browser to say which page a form came from. If it is set to send no “Referer”, please allow it for
this site.</p>
{{else}}<p>The form may be older than your last login, or from another tab. Please load its page again, and send it.</p>
{{end}}</body>
</html>
`))
