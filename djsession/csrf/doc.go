// Package csrf protects a Go service from cross-site request forgery together
// with a Django site: both accept each other's forms, and the scripts that send
// the cookie back as X-CSRFToken.
//
//	protection := csrf.New(&csrf.Options{Django: [2]int{5, 2}})
//	handler := sessions.Handler(protection.Handler(login.Handler(router)))
//
// A page with a form asks for its hidden field before it writes anything:
//
//	page.Execute(w, map[string]any{"CSRF": csrf.Field(r)})
//
// Requests with any method but GET, HEAD, OPTIONS and TRACE are then checked as
// Django checks them: their Origin or Referer, and a token that belongs to the
// secret in the cookie "csrftoken" or in the session. In addition,
// Sec-Fetch-Site must not say that they are cross-origin. No Django checks
// that. A request that is refused gets a 403, and one line in the log.
//
// # What to know
//
// The token of a form counts in the body of a POST only; requests with other
// methods, and those with JSON, send it in the header. Of several the last one
// counts. http.Request.FormValue does otherwise: leave the token to this
// package.
//
// A form is read into memory to find its token, at most Options.MaxBody bytes,
// and the handler can read the body as if nothing had happened. Of a longer
// upload the token must come before its files.
//
// auth.Login changes the secret, as Django's does, so forms in other tabs are
// refused after a login.
//
// A cookie that another host of the same domain has set defeats tokens alone.
// The second check of Options.Mode is for that; Options.CookieName =
// "__Host-csrftoken" (and Django's CSRF_COOKIE_NAME) is another way.
package csrf
