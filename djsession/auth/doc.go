// Package auth finds the user who is logged in by a Django session, and logs
// users in and out, for Go and Django alike.
//
//	users := dbusers.New(db, sqldialect.PostgreSQL, nil)
//	login := auth.New(users, os.Getenv("DJANGO_SECRET_KEY"), nil)
//	http.Handle("/cart/", sessions.Handler(login.RequireUser(cart)))
//
// A session that names a user is not enough. As in Django, the login must be by
// a backend that the site allows, the user must exist and be active, and the
// auth hash, which depends on the user's password and the secret key, must be
// right: a changed password ends the user's other sessions. [Auth.User] returns
// which check failed, as a [Reason]. A database that fails is an error of its
// own, never "not logged in".
//
// # User models and backends with rules of their own
//
// A model that overrides get_session_auth_hash takes Options.HashSalt,
// HashInput or SessionHash. Options.Accept and InactiveBackends stand for a
// backend's own get_user and user_can_authenticate. Managers that filter,
// is_active as a property, and multi-table inheritance are in Where,
// ActiveWhere and Parents of package dbusers.
//
// # Second factors, hijackers and lock-outs
//
// A site may ask for more than a password, and let staff act as its users.
// [Auth.IsVerified] and [Auth.RequireVerified] know the second factors of
// django-otp and allauth, [ActorFromRequest] who really sits at the browser by
// django-hijack and django-impersonate, and [Auth.RequireRecentLogin] when a
// user has last proved who it is. Where the site guards its logins, name what
// does in Options.Guards: [Auth.Authenticate] then refuses to take a password
// alone. Where it takes one, Options.Limiter is asked first.
//
// # APIs
//
// [Options.Schemes] lists the ways in which a request may say who sent it:
// [BySession], and the tokens of packages drftoken, knox and simplejwt. All
// give the same [User] to [FromRequest] and the Require methods, and [Error]
// answers browsers with a redirect and programs with JSON. [Options.CSRF] is
// asked only about requests that the cookie counted for. For the header
// X-Session-Token of django-allauth set djsession.Options.KeyHeader, and list
// [AllauthBackend].
//
// # Older Djangos
//
// Django up to 3.0, and 3.1 and 3.2 with DEFAULT_HASHING_ALGORITHM = "sha1",
// need Options.Algorithm = signing.SHA1, and CodecOptions.Layout =
// djsession.LayoutLegacy. Django 3.1 and 3.2 also accept SHA-1 hashes:
// Options.AcceptSHA1. The defaults fit all later versions. Up to 1.9 Django
// lets inactive users in: Options.InactiveBackends. Sessions of Django up to
// 1.6 have no auth hash, and 1.7 to 1.9 check it only with
// SessionAuthenticationMiddleware; here a session without it is not a login.
//
// # Where it differs from Django
//
//   - A session whose hash is wrong or missing is flushed only if the settings
//     are known to compute the site's hashes: see Options.HashesProven.
//   - A user id that cannot be one, such as "abc" for an integer, is
//     [ReasonBadID], not an exception.
//   - In read-only mode a session whose hash is wrong is not flushed, and one
//     under a fallback key is not rotated.
//   - [Auth.RequirePermission] answers 403 to a user who lacks a permission,
//     instead of asking to log in once more.
//   - A request that does not accept HTML gets a 401 instead of a redirect to a
//     login page.
//   - [Auth.Login] of a user that no backend vouches for takes
//     Options.LoginBackend, where Django with several backends raises.
//   - [IsAllowedURL] refuses backslashes and control characters.
//
// Django: django.contrib.auth.
package auth
