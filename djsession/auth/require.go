package auth

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/djsession/djsession-go/djsession"
)

// RequireUser lets only requests of a user pass, whom next gets by
// [UserFromContext]. Browsers are sent to the login page, with the way back in
// the parameter "next"; requests that do not accept HTML get a 401. Sessions
// that cannot be had are answered by djsession.Error.
// Django: django.contrib.auth.decorators.login_required.
func (a *Auth) RequireUser(next http.Handler) http.Handler { return a.RequirePermission(next) }

// RequirePermission lets only requests of a user pass who has all of the
// permissions, each "app_label.codename". Nobody is answered as by
// [Auth.RequireUser], and a user who lacks one gets a 403.
// Django: django.contrib.auth.decorators.permission_required with
// raise_exception=True.
func (a *Auth) RequirePermission(next http.Handler, permissions ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x, known := a.exchange(r)
		u, err := x.fromRequest(known)
		if err == nil {
			var ok bool
			if ok, err = a.HasPerms(known.Context(), u, permissions...); err == nil && !ok {
				err = ErrForbidden
			}
		}
		switch {
		case err == nil:
			serve(next, w, r, known)
		case !errors.Is(err, ErrNotLoggedIn) && !errors.Is(err, ErrForbidden):
			djsession.Error(w, known, err)
		case a.opts.Deny != nil:
			a.opts.Deny(w, known, err)
		default:
			a.deny(w, known, err)
		}
	})
}

func (a *Auth) deny(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, ErrForbidden):
		http.Error(w, http.StatusText(http.StatusForbidden), http.StatusForbidden)
	case strings.Contains(r.Header.Get("Accept"), "text/html"):
		w.Header().Add("Vary", "Accept")
		http.Redirect(w, r, a.LoginURL(r), http.StatusFound)
	default:
		w.Header().Add("Vary", "Accept")
		w.Header().Set("WWW-Authenticate", "Cookie") // a 401 must name a scheme; browsers do not ask for a password by this one
		http.Error(w, "Log in first.", http.StatusUnauthorized)
	}
}

// LoginURL returns where to log in and then come back to the request's own URL,
// whose host it names if the login page has another one, unless
// Options.AllowedHosts refuses that host.
// Django: django.contrib.auth.views.redirect_to_login.
func (a *Auth) LoginURL(r *http.Request) string {
	page, err := url.Parse(a.opts.LoginURL)
	if err != nil {
		return a.opts.LoginURL
	}
	next := fullPath(r)
	host, allowed := a.host(r)
	elsewhere := page.Host != "" && page.Host != host || page.Scheme != "" && page.Scheme != scheme(r)
	if elsewhere && (allowed || a.opts.AllowedHosts == nil) { // the login page checks it again
		next = scheme(r) + "://" + host + next
	}
	query := page.Query()
	query.Del(a.opts.NextField)
	page.RawQuery = query.Encode()
	if page.RawQuery != "" {
		page.RawQuery += "&"
	}
	page.RawQuery += url.QueryEscape(a.opts.NextField) + "=" + strings.ReplaceAll(url.QueryEscape(next), "%2F", "/")
	return page.String()
}

// fullPath is the request's path and query. Two slashes at its beginning would
// make a host of what follows.
// Django: HttpRequest.get_full_path.
func fullPath(r *http.Request) string {
	path := r.RequestURI
	if !strings.HasPrefix(path, "/") { // of a proxy, or not from a server
		path = r.URL.RequestURI()
	}
	if strings.HasPrefix(path, "//") {
		path = "/%2F" + path[2:]
	}
	return path
}

func scheme(r *http.Request) string {
	if r.TLS != nil || r.URL.Scheme == "https" {
		return "https"
	}
	return "http"
}
