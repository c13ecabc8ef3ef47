package forwardauth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Options is how a [Handler] answers. From is required.
type Options struct {
	// From is where the proxy puts the method and the URL of the request that
	// it asks about.
	From Family

	// Endpoints are the paths at which the proxy asks, each with the rule that
	// the user must meet. A path must begin with a slash and must not end with
	// one. In the family EnvoyPath none may be below another, because the path
	// of the request follows. In the family EnvoyGRPC the proxy names one in
	// the context extension "endpoint"; without that it is "/auth".
	// Default: "/auth" with [LoggedIn].
	Endpoints map[string]Rule

	// Headers are the names of the headers that tell the upstream who the user
	// is. Default: [AuthRequest].
	Headers Headers

	// EncodeText percent-encodes names, email addresses and groups. Without it
	// they are sent as UTF-8, and a user is refused whose name cannot be sent
	// unchanged: one with a control character or a space at an end, or a group
	// with a comma.
	EncodeText bool

	// LoginURL is the login page. Default: "/accounts/login/".
	// Django: LOGIN_URL.
	LoginURL string

	// NextField is the name of the parameter of LoginURL that says where to go
	// after the login. Default: "next".
	// Django: REDIRECT_FIELD_NAME.
	NextField string

	// Hosts are the hosts, with their ports, to which a login page on another
	// host may lead back. If LoginURL has a host, the next parameter is a whole
	// URL for a request to one of them, and a path for others.
	Hosts []string

	// Preflight lets CORS preflight requests pass as anonymous: OPTIONS with
	// Origin and Access-Control-Request-Method. Browsers send no cookie with
	// them.
	Preflight bool

	// Trusted are the addresses of proxies that may ask; others get a 403.
	// A client of a Unix socket is trusted. Default: any.
	Trusted []netip.Prefix

	// Timeout limits how long sessions and users are looked up for one request.
	// A proxy's own limit should be longer. Default: 2 seconds.
	Timeout time.Duration

	// Cache is how long an answer with a user is used without a lookup, and so
	// how long a user may pass after a logout; an answer without a user is used
	// for up to a second. All answers are forgotten when a lookup fails.
	// Default: 0, every request is looked up.
	Cache time.Duration

	// CacheSize is how many cookies Cache remembers. Default: 10000.
	CacheSize int

	// Sign is a secret of at least 32 bytes with which the header
	// Headers.Signed is signed, for upstreams that check it with a [Verifier].
	// Default: no such header.
	Sign []byte

	// SignFor is how long a signed header is good. Default: one minute.
	SignFor time.Duration

	// Audience is put into a signed header, for an upstream that wants to know
	// that it is meant.
	Audience string

	// TellReason adds the header X-Auth-Reason to answers that let no request
	// pass. Proxies that pass headers on show it to the client.
	TellReason bool

	// Observe is told of every answer. It must be safe for concurrent use.
	Observe func(ctx context.Context, e Event)

	// Logger gets an error for each request that could not be decided, and a
	// warning, at most one a minute of each kind, for what is wrong with the
	// proxy's configuration. Keys appear as fingerprints.
	// Default: slog.Default().
	Logger *slog.Logger

	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// minSecret is the length of an HMAC-SHA256 key that cannot be guessed.
const minSecret = 32

func (o *Options) fillIn() {
	if o.Endpoints == nil {
		o.Endpoints = map[string]Rule{defaultEndpoint: LoggedIn}
	}
	if o.Headers == (Headers{}) {
		o.Headers = AuthRequest
	}
	if len(o.Sign) > 0 && o.Headers.Signed == "" {
		o.Headers.Signed = "X-Auth-Signed"
	}
	if o.LoginURL == "" {
		o.LoginURL = "/accounts/login/"
	}
	if o.NextField == "" {
		o.NextField = "next"
	}
	if o.Timeout == 0 {
		o.Timeout = 2 * time.Second
	}
	if o.CacheSize == 0 {
		o.CacheSize = 10_000
	}
	if o.SignFor == 0 {
		o.SignFor = time.Minute
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

// problem says what is wrong with the options, or nil.
func (o *Options) problem() error {
	switch {
	case o.From < XForwarded || o.From > EnvoyGRPC:
		return errors.New("forwardauth: Options.From must say where the proxy puts the request's URL: XOriginal for nginx")
	case len(o.Endpoints) == 0:
		return errors.New("forwardauth: Options.Endpoints is empty, so nothing could be asked")
	case len(o.Sign) > 0 && len(o.Sign) < minSecret:
		return fmt.Errorf("forwardauth: Options.Sign has %d bytes, and must have at least %d", len(o.Sign), minSecret)
	case o.Headers.ID == "" && o.Headers.Username == "":
		return errors.New("forwardauth: Options.Headers must name a header for ID or Username")
	case o.Cache < 0 || o.CacheSize < 0 || o.Timeout < 0 || o.SignFor < 0:
		return errors.New("forwardauth: a time or size in Options is negative")
	}
	if _, err := newLoginPage(o); err != nil {
		return err
	}
	return errors.Join(o.Headers.problem(), o.endpointProblem())
}

func (o *Options) endpointProblem() error {
	for path, rule := range o.Endpoints {
		switch {
		case rule.check == nil:
			return fmt.Errorf("forwardauth: the endpoint %q has no rule", path)
		case !strings.HasPrefix(path, "/") || strings.HasSuffix(path, "/") || strings.ContainsAny(path, "?# \t"):
			return fmt.Errorf("forwardauth: the endpoint %q must begin, not end, with a slash, and hold no space, ? or #", path)
		}
		for other := range o.Endpoints {
			if o.From == EnvoyPath && strings.HasPrefix(other, path+"/") {
				return fmt.Errorf("forwardauth: with EnvoyPath no endpoint may be below another: %q is below %q", other, path)
			}
		}
	}
	return nil
}

// A Family is where a proxy puts the method and the URL of the request that it
// asks about. It is never guessed: a client can send the headers of another.
type Family uint8

// The families, each with the proxies that are of it.
const (
	// XForwarded: X-Forwarded-Method, -Uri, -Host and -Proto, as Caddy,
	// Traefik, APISIX and our script for HAProxy send them.
	XForwarded Family = iota + 1

	// XOriginal: X-Original-URL and X-Original-Method, as nginx is configured
	// to send them and ingress-nginx does. nginx makes a 500 of any status
	// other than 2xx, 401 and 403, so that no other is used, but for an outage.
	XOriginal

	// EnvoyPath: the method and, behind the endpoint's path, the path of the
	// request itself, as in Envoy's HTTP service and what is built on it.
	EnvoyPath

	// EnvoyGRPC: envoy.service.auth.v3.Authorization over gRPC. It takes a
	// server with unencrypted HTTP/2, which [NewServer] makes.
	EnvoyGRPC
)

// String returns the constant's name.
func (f Family) String() string {
	names := [...]string{XForwarded: "XForwarded", XOriginal: "XOriginal", EnvoyPath: "EnvoyPath", EnvoyGRPC: "EnvoyGRPC"}
	if int(f) >= len(names) || f == 0 {
		return "Family(" + fmt.Sprint(uint8(f)) + ")"
	}
	return names[f]
}

const defaultEndpoint = "/auth"

// trusts reports whether a proxy at this address may ask.
func (o *Options) trusts(remoteAddr string) bool {
	at, err := netip.ParseAddrPort(remoteAddr)
	return err == nil && slices.ContainsFunc(o.Trusted, func(p netip.Prefix) bool { return p.Contains(at.Addr().Unmap()) })
}
