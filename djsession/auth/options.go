package auth

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/signing"
)

// Django's backends that know users by a password.
const (
	ModelBackend             = "django.contrib.auth.backends.ModelBackend"
	AllowAllUsersBackend     = "django.contrib.auth.backends.AllowAllUsersModelBackend"      // inactive users too
	AllowAllUsersRemoteUsers = "django.contrib.auth.backends.AllowAllUsersRemoteUserBackend" // likewise
)

// AllauthBackend is the backend of django-allauth, whose logins count if
// Options.Backends lists it.
const AllauthBackend = "allauth.account.auth_backends.AuthenticationBackend"

// Options is a site's settings for logins. Nil and the zero value are Django's
// defaults.
type Options struct {
	// Schemes are the ways in which a request may say who sent it, in the order
	// in which they are asked. Default: [BySession].
	// Django: REST_FRAMEWORK's DEFAULT_AUTHENTICATION_CLASSES.
	Schemes []Scheme

	// CSRF is asked by [FromRequest] and the Require methods, once about each
	// request whose user is known by the session's cookie, whatever its method,
	// and returns an error to refuse it: the check of package csrf, or
	// http.CrossOriginProtection's. Requests with a token need none. Default:
	// no check.
	// Django: rest_framework.authentication.SessionAuthentication.enforce_csrf.
	CSRF func(r *http.Request) error

	// Backends are those whose logins count. Default: [ModelBackend].
	// Django: AUTHENTICATION_BACKENDS.
	Backends []string

	// InactiveBackends are those of Backends that let inactive users in.
	// Default: [AllowAllUsersBackend] and [AllowAllUsersRemoteUsers].
	InactiveBackends []string

	// LoginBackend is what [Auth.Authenticate] and [Auth.Login] name as the
	// backend of a user that has none.
	// Default: [ModelBackend] if Backends has it, else the first of them.
	LoginBackend string

	// Fallbacks are older secret keys under which a session auth hash is still
	// good.
	// Django: SECRET_KEY_FALLBACKS.
	Fallbacks []string

	// Algorithm is the hash to write. Choose signing.SHA1 while a Django up to
	// 3.0 shares the sessions, or 3.1 and 3.2 with DEFAULT_HASHING_ALGORITHM =
	// "sha1"; the default, SHA-256, is what all others write.
	Algorithm signing.Algorithm

	// AcceptSHA1 accepts SHA-1 hashes in addition to those of Algorithm and
	// leaves them as they are, like Django 3.1 and 3.2.
	AcceptSHA1 bool

	// HashSalt, HashInput and Algorithm are the three arguments of salted_hmac
	// in a user model that overrides get_session_auth_hash: the key salt, the
	// value, and the algorithm, which is SHA-1 there if it is not given. They
	// hold under Fallbacks too. Default: those of AbstractBaseUser, which takes
	// the password column for the value.
	HashSalt  string
	HashInput func(u *User) string

	// SessionHash replaces them, for a model whose hash is not salted_hmac. It
	// is given a secret key, and returns a function that computes a user's hash
	// under that key, for concurrent use.
	// Django: get_session_auth_hash, get_session_auth_fallback_hash.
	SessionHash func(secretKey string) func(u *User) string

	// NoSessionHash says that the user model has no get_session_auth_hash.
	// Sessions are then good whatever they hold as a hash, and a change of the
	// password ends none. Django up to 6.0.
	NoSessionHash bool

	// HashesProven says that these settings surely compute this site's session
	// auth hashes. A session whose hash is missing or wrong is then flushed, as
	// in Django. Default: it is flushed once a hash has been verified that this
	// Auth did not write itself, except if its length is another; until then
	// it is refused and left alone. Several processes of a service that logs
	// users in verify each other's hashes: such a service should set this
	// after it has seen a login of Django's accepted.
	HashesProven bool

	// Accept may refuse a user of the backend u.Backend, by rules of the site's
	// backends or user model, before the hash is checked. An error that matches
	// [ErrNotLoggedIn], such as [ReasonRefused] or [ReasonInactive], refuses
	// the user; any other error means that the check failed.
	// Default: is_active decides, and InactiveBackends.
	// Django: the backend's get_user and user_can_authenticate.
	Accept func(ctx context.Context, u *User) error

	// ReadOnly leaves sessions alone: [Auth.User] neither flushes one whose
	// hash is wrong nor gives one under a fallback key a new key. For programs
	// that have no browser to tell of a new key. A manager in read-only mode
	// has the same effect.
	ReadOnly bool

	// CSRFUseSessions has a login put a new CSRF secret into the session. It
	// does so anyway where the session has one.
	// Django: CSRF_USE_SESSIONS.
	CSRFUseSessions bool

	// KeepLastLogin does not record the time of a login.
	KeepLastLogin bool

	// Passwords checks passwords for [Auth.Authenticate]: hashers.New(nil) of
	// djsession/auth/hashers.
	Passwords Passwords

	// Guards are the apps by which the site keeps out those who know a
	// password: django-otp and the MFA of allauth, which ask for a second
	// factor, and django-axes, which locks out those who guess. With any of
	// them, or a backend of theirs in Backends, [Auth.Authenticate] fails with
	// [ErrGuarded], since a login by password alone would bypass it, unless
	// PasswordsSuffice is set. [GuardsOf] finds them, and so does "djsession
	// settings import". Default: none.
	// Django: INSTALLED_APPS.
	Guards []string

	// PasswordsSuffice says that the program itself does what the Guards are
	// for, or that a password alone is to be enough here.
	PasswordsSuffice bool

	// Limiter may refuse attempts to log in, by name or by address, before the
	// password is looked at, such as a [MemoryLimiter]. Default: no attempt is
	// refused.
	Limiter LoginLimiter

	// ClientAddress returns the address of a client, for Limiter. Default: that
	// of the connection, without its port, which behind a proxy is the proxy's.
	ClientAddress func(r *http.Request) string

	// MaxHashing is how many passwords are checked at a time; others wait. Each
	// takes a processor for a while, and argon2 and scrypt tens of megabytes.
	// Negative: no limit. Default: runtime.GOMAXPROCS.
	MaxHashing int

	// UpgradePasswords has [Auth.Authenticate] store a newer hash where Django
	// would. That ends the user's other sessions, as it does in Django.
	UpgradePasswords bool

	// LoginURL is where [Auth.RequireUser] sends a browser. Default:
	// "/accounts/login/".
	// Django: LOGIN_URL.
	LoginURL string

	// NextField is the name of the parameter that says where to go after the
	// login. Default: "next".
	NextField string

	// AllowedHosts are the names of this site, without ports, as ALLOWED_HOSTS
	// has them: ".example.com" is example.com and all below it, "*" any. The
	// request's own host counts only if it is one of them: a client may send
	// any Host. Default: none, so that [Auth.Next] leads to paths and NextHosts
	// only.
	// Django: ALLOWED_HOSTS.
	AllowedHosts []string

	// NextHosts are hosts, with their ports, that [Auth.Next] may lead to
	// besides the request's own.
	// Django: LoginView.success_url_allowed_hosts.
	NextHosts []string

	// VerifyURL is where [Auth.RequireVerified] sends a browser whose user has
	// not proved a second factor. Default: nowhere, which is a 403.
	// Django: OTP_LOGIN_URL; django-otp's default is LOGIN_URL.
	VerifyURL string

	// ReauthenticateURL is where [Auth.RequireRecentLogin] sends a browser.
	// Default: nowhere, which is a 403. allauth: "/accounts/reauthenticate/".
	ReauthenticateURL string

	// Impersonate are the rules of django-impersonate, for
	// [ActorFromRequest]. Default: no user acts as another.
	// Django: IMPERSONATE.
	Impersonate *Impersonate

	// RecordLogins notes in the session when [Auth.Login] was called, as
	// django-allauth notes a login by password, for [Auth.AuthenticatedAt].
	RecordLogins bool

	// Deny answers requests that may not pass: err matches [ErrNotLoggedIn],
	// [ErrForbidden], [ErrNotVerified] or [ErrNotRecent]. Default: a browser
	// that sent no token is redirected to LoginURL, VerifyURL or
	// ReauthenticateURL; others get a 401 or 403, see [Error].
	Deny func(w http.ResponseWriter, r *http.Request, err error)

	// Observe is told once a request, by [FromRequest] and the Require methods,
	// of the answer to who sent it, for metrics: "ok", the Name of a [Reason],
	// "csrf" for a [CSRFError], or "error" if it could not be found out. It
	// must be safe for concurrent use.
	Observe func(ctx context.Context, result string)

	// Sessions is the manager whose sessions count, where several serve a
	// request. Default: the innermost.
	Sessions *djsession.Manager

	// Logger gets one warning if sessions are left alone whose hash is not
	// right: see HashesProven. Default: slog.Default().
	Logger *slog.Logger

	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

func (o *Options) logger() *slog.Logger {
	if o.Logger == nil {
		return slog.Default()
	}
	return o.Logger
}

func (o *Options) fillIn() {
	if o.Schemes == nil {
		o.Schemes = []Scheme{BySession}
	}
	if o.Backends == nil {
		o.Backends = []string{ModelBackend}
	}
	if o.InactiveBackends == nil {
		o.InactiveBackends = []string{AllowAllUsersBackend, AllowAllUsersRemoteUsers}
	}
	if o.LoginBackend == "" && len(o.Backends) > 0 {
		o.LoginBackend = o.Backends[0]
		if slices.Contains(o.Backends, ModelBackend) {
			o.LoginBackend = ModelBackend
		}
	}
	if o.HashSalt == "" {
		o.HashSalt = hashSalt
	}
	if o.HashInput == nil {
		o.HashInput = func(u *User) string { return string(u.Password) }
	}
	if o.LoginURL == "" {
		o.LoginURL = "/accounts/login/"
	}
	if o.NextField == "" {
		o.NextField = "next"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}
