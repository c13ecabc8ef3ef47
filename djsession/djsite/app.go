package djsite

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

// An App is a site that was opened: its sessions, users and logins. It is safe
// for concurrent use. Serve requests through [App.Handler].
type App struct {
	opts  Options
	parts atomic.Pointer[parts] // those of requests from now on

	reloading sync.Mutex
}

// A pinned request keeps the parts with which it began, also when an
// [App.Reload] replaces them.
type pinned struct {
	context.Context
	app   *App
	parts *parts
}

// Value finds the parts of an App by the App.
func (c *pinned) Value(key any) any {
	if key == c.app {
		return c.parts
	}
	return c.Context.Value(key)
}

// at returns the parts that count in a context.
func (a *App) at(ctx context.Context) *parts {
	if p, ok := ctx.Value(a).(*parts); ok {
		return p
	}
	return a.parts.Load()
}

// through serves a request with the parts that count for it. Wrap is asked
// again for a handler when they are others than last time.
func (a *App) through(wrap func(p *parts) http.Handler) http.Handler {
	type made struct {
		of      *parts
		handler http.Handler
	}
	var last atomic.Pointer[made]
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := a.at(r.Context())
		m := last.Load()
		if m == nil || m.of != p {
			m = &made{p, wrap(p)}
			last.Store(m)
		}
		if r.Context().Value(a) == nil {
			r = r.WithContext(&pinned{r.Context(), a, p})
		}
		m.handler.ServeHTTP(w, r)
	})
}

// Handler makes the session and the user of a request available to next, by
// djsession.FromRequest and auth.FromRequest. A request uses one set of keys
// from beginning to end, even if [App.Reload] is called during it.
// Django: SessionMiddleware, AuthenticationMiddleware.
func (a *App) Handler(next http.Handler) http.Handler {
	return a.through(func(p *parts) http.Handler {
		if p.auth == nil {
			return p.sessions.Handler(next)
		}
		return p.sessions.Handler(p.auth.Handler(next))
	})
}

// RequireUser lets only requests of a user pass, as auth.Auth.RequireUser does.
// Django: django.contrib.auth.decorators.login_required.
func (a *App) RequireUser(next http.Handler) http.Handler { return a.RequirePermission(next) }

// RequirePermission lets only requests of a user pass who has all of the
// permissions, as auth.Auth.RequirePermission does.
// Django: django.contrib.auth.decorators.permission_required.
func (a *App) RequirePermission(next http.Handler, permissions ...string) http.Handler {
	return a.through(func(p *parts) http.Handler {
		if p.auth == nil {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { djsession.Error(w, r, errNoUsers) })
		}
		return p.auth.RequirePermission(next, permissions...)
	})
}

// Sessions returns the manager of the site's sessions: of a request that came
// through [App.Handler] the one that it began with, else the present one.
func (a *App) Sessions(ctx context.Context) *djsession.Manager { return a.at(ctx).sessions }

// Logins returns the site's logins, likewise: to log users in and out. It is
// nil for a site without users.
func (a *App) Logins(ctx context.Context) *auth.Auth { return a.at(ctx).auth }

// Store returns where the sessions are, likewise: for maintenance.
func (a *App) Store(ctx context.Context) djsession.Store { return a.at(ctx).store }

// Users returns what finds users. It is nil for a site without users.
func (a *App) Users() auth.UserFinder { return a.parts.Load().finder }

// Reload takes the keys of another reading of the site's settings, such as
// [Load] returns after a rotation. Requests from then on see the new keys;
// those that have begun go on with the old ones. On an error, such as that of
// [Site.Validate], nothing changes. Only SecretKey and SecretKeyFallbacks can
// be reloaded: it is an error if anything else differs.
func (a *App) Reload(site *Site) error {
	a.reloading.Lock()
	defer a.reloading.Unlock()
	before := a.parts.Load()
	if err := site.Validate(); err != nil {
		return err
	}
	if fields := differing(before.site, site); len(fields) > 0 {
		return &SettingError{
			Setting: strings.Join(fields, ", "),
			Problem: "it is not as it was when the site was opened, and only keys can be reloaded",
			Hint:    "restart the program",
		}
	}
	p, err := before.withKeysOf(site)
	if err != nil {
		return err
	}
	a.parts.Store(p)
	return nil
}

// differing names the fields in which two sites differ, but for their keys.
func differing(a, b *Site) (names []string) {
	one, other := reflect.ValueOf(a.normal()).Elem(), reflect.ValueOf(b.normal()).Elem()
	for i := range one.NumField() {
		if !reflect.DeepEqual(one.Field(i).Interface(), other.Field(i).Interface()) {
			names = append(names, one.Type().Field(i).Name)
		}
	}
	return names
}
