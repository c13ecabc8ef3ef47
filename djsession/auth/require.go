package auth

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/djsession/djsession-go/djsession"
)

// RequireUser passes only requests of a logged-in user to next, which gets the
// user by [UserFromContext]. All others are answered as by [Error].
// Django: django.contrib.auth.decorators.login_required.
func (a *Auth) RequireUser(next http.Handler) http.Handler { return a.RequirePermission(next) }

// RequirePermission passes only requests of a user with all of the permissions,
// each "app_label.codename". A request without a user is answered as by
// [Auth.RequireUser], and a user who lacks one gets a 403.
// Django: django.contrib.auth.decorators.permission_required with
// raise_exception=True.
func (a *Auth) RequirePermission(next http.Handler, permissions ...string) http.Handler {
	return a.require(next, func(ctx context.Context, _ *djsession.Session, u *User) error {
		return orForbidden(a.HasPerms(ctx, u, permissions...))
	})
}

// RequireStaff lets only requests of an active user pass who may enter the
// admin. A request without a login is answered as by [Auth.RequireUser], and
// any other user gets a 403.
// Django: django.contrib.admin.views.decorators.staff_member_required.
func (a *Auth) RequireStaff(next http.Handler) http.Handler {
	return a.require(next, func(_ context.Context, _ *djsession.Session, u *User) error {
		return orForbidden(u.IsActive && u.IsStaff, nil)
	})
}

func orForbidden(ok bool, err error) error {
	if err == nil && !ok {
		return ErrForbidden
	}
	return err
}

// require passes requests of a user that check accepts. Options.Deny answers
// the errors of check; djsession.Error any other.
func (a *Auth) require(next http.Handler, check func(ctx context.Context, s *djsession.Session, u *User) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x, known := a.exchange(r)
		s, u, err := x.search(known)
		if err == nil {
			err = check(known.Context(), s, u)
		}
		if err != nil {
			a.answer(w, known, err)
			return
		}
		serve(next, w, r, known)
	})
}

// LoginURL returns where to log in and then come back to the request's own URL,
// whose host it names if the login page has another one, unless
// Options.AllowedHosts refuses that host.
// Django: django.contrib.auth.views.redirect_to_login.
func (a *Auth) LoginURL(r *http.Request) string { return a.pageURL(r, a.opts.LoginURL) }

// pageURL is LoginURL for any page that leads back.
func (a *Auth) pageURL(r *http.Request, target string) string {
	page, err := url.Parse(target)
	if err != nil {
		return target
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
