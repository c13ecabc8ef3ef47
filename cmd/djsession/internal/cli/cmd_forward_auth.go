package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/forward"
	"github.com/djsession/djsession-go/djsession/forwardauth"
)

// forwardFlags are the flags of forward-auth.
type forwardFlags struct {
	listen, adminListen string
	proxy               string
	allow               []string
	headers             string
	opts                forwardauth.Options
	trusted             []string
	signKeyFile         string
	tlsCert, tlsKey     string

	print            string
	endpoint         string
	front, upstream  string
	django, luaPath  string
	advertise        string
	advertiseToAdmin string
}

func (a *app) forwardAuthCommand() *cobra.Command {
	f := new(forwardFlags)
	cmd := &cobra.Command{
		Use:     "forward-auth --proxy NAME",
		GroupID: groupCare,
		Short:   "Serve a proxy that asks who the user of a request is",
		Long: `Forward-auth answers nginx (auth_request), Caddy (forward_auth), Traefik (ForwardAuth), HAProxy, APISIX and Envoy (ext_authz),
and so any service behind them, in any language, knows the Django user: in the headers of --headers. It reads sessions and users
and writes nothing. --proxy says who asks, and so where the request's URL is: nginx, ingress, caddy, traefik, haproxy, apisix,
envoy or envoy-grpc.

At /auth (for envoy: /auth/user) each user who is logged in may pass. --allow declares a further endpoint: staff (/auth/staff),
superuser, optional (who is not logged in passes without a user), group:NAME (/auth/group/NAME) or perm:APP.CODENAME
(/auth/perm/APP.CODENAME). Which part of the site asks which endpoint is for the proxy's configuration to say; for envoy-grpc it
is the context extension "endpoint".

Answers are 200, or 302 to the login page for a person who waits for a page, 401 for programs and where nginx asks, 403, 400 for
what no proxy sends, and 503 while sessions or users cannot be read: never "logged out".

--print-config prints a configuration of a proxy with what the other flags say: nginx, ingress, caddy, traefik, haproxy (with
haproxy.lua), apisix, envoy or envoy-grpc; django-shadow is a middleware that compares: see 'djsession help shadow'.

Probe sees whether a client can slip identity headers past the proxy.

The admin listener has /healthz, /readyz, /metrics and /shadow. Do not let the proxy's clients reach it.`,
		Example: `  djsession forward-auth --print-config nginx --upstream 127.0.0.1:3000 --django 127.0.0.1:8000
  djsession forward-auth --print-config envoy-grpc --allow staff --endpoint /auth/staff`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.print != "" {
				return f.printConfig(a.Stdout)
			}
			return a.forwardAuth(cmd.Context(), f)
		},
	}
	f.add(cmd)
	cmd.AddCommand(a.probeCommand())
	return cmd
}

func (f *forwardFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.proxy, "proxy", "", "the `NAME` of the proxy that asks")
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8008", "where the proxy asks: `HOST:PORT` or unix:PATH")
	flags.StringVar(&f.adminListen, "admin-listen", "", "where health, metrics and shadow are: `HOST:PORT` or unix:PATH (default nowhere)")
	flags.StringArrayVar(&f.allow, "allow", nil, "a `RULE` with an endpoint of its own; may be repeated")
	flags.StringVar(&f.headers, "headers", "auth-request", "the `NAMES` of identity headers: auth-request, remote, forwarded-user, or FIELD=HEADER,...")
	flags.BoolVar(&f.opts.EncodeText, "encode-text", false, "percent-encode names, email addresses and groups in headers")
	flags.StringVar(&f.opts.LoginURL, "login-url", "/accounts/login/", "the login page, the `URL` of LOGIN_URL")
	flags.StringVar(&f.opts.NextField, "next-field", "next", "the `NAME` of its parameter for the way back")
	flags.StringSliceVar(&f.opts.Hosts, "host", nil, "a `HOST` to which a login page on another host may lead back; may be repeated")
	flags.BoolVar(&f.opts.Preflight, "preflight", false, "let CORS preflight requests pass without a user")
	flags.StringSliceVar(&f.trusted, "trusted", nil, "an address or `NETWORK` that may ask; may be repeated (default any)")
	flags.DurationVar(&f.opts.Timeout, "timeout", 2*time.Second, "how `LONG` a session and its user are looked up")
	flags.DurationVar(&f.opts.Cache, "remember", 0, "how `LONG` a user is not looked up again, also after a logout (default every request is)")
	flags.IntVar(&f.opts.CacheSize, "remember-size", 10_000, "the `NUMBER` of sessions that are remembered")
	flags.StringVar(&f.signKeyFile, "sign-key-file", "", "`FILE` with a secret of 32 bytes or more: X-Auth-Signed is sent too")
	flags.DurationVar(&f.opts.SignFor, "sign-for", time.Minute, "how `LONG` a signed header is good")
	flags.StringVar(&f.opts.Audience, "audience", "", "the `NAME` of the upstream in a signed header")
	flags.BoolVar(&f.opts.TellReason, "tell-reason", false, "say in X-Auth-Reason why a request may not pass")
	flags.StringVar(&f.tlsCert, "tls-cert", "", "`FILE` with a certificate, read again when it changes")
	flags.StringVar(&f.tlsKey, "tls-key", "", "`FILE` with its key")

	flags.StringVar(&f.print, "print-config", "", "print the configuration of this `NAME` instead")
	flags.StringVar(&f.endpoint, "endpoint", "", "the `PATH` at which the printed proxy asks (default /auth, for envoy /auth/user)")
	flags.StringVar(&f.front, "front", "0.0.0.0:8080", "`HOST:PORT` at which the printed proxy listens")
	flags.StringVar(&f.upstream, "upstream", "127.0.0.1:3000", "`HOST:PORT` of the application behind the printed proxy")
	flags.StringVar(&f.django, "django", "", "`HOST:PORT` of the Django site with the login page, if the printed proxy has it too")
	flags.StringVar(&f.luaPath, "lua", "/etc/haproxy/djsession.lua", "`PATH` of the printed haproxy.lua")
	flags.StringVar(&f.advertise, "advertise", "", "`HOST:PORT` of --listen as the printed proxy sees it (default --listen)")
	flags.StringVar(&f.advertiseToAdmin, "advertise-admin", "", "`HOST:PORT` of --admin-listen as Django sees it (default --admin-listen, or 127.0.0.1:8009)")
	_ = cmd.RegisterFlagCompletionFunc("print-config", cobra.FixedCompletions(forward.Configs(), cobra.ShellCompDirectiveNoFileComp)) // it is there
}

func (f *forwardFlags) printConfig(w io.Writer) error {
	headers, err := f.identityHeaders()
	if err != nil {
		return err
	}
	c := forward.Config{
		Auth: cmp.Or(f.advertise, f.listen), Admin: cmp.Or(f.advertiseToAdmin, f.adminListen, "127.0.0.1:8009"), Endpoint: f.endpoint,
		Headers: headers.Names(), LoginURL: f.opts.LoginURL, Front: f.front, Upstream: f.upstream, Django: f.django, Lua: f.luaPath,
	}
	if err := c.Print(w, f.print); err != nil {
		return fail.AsUsage(err)
	}
	return nil
}

func (f *forwardFlags) identityHeaders() (forwardauth.Headers, error) {
	headers, err := forward.ParseHeaders(f.headers)
	if err != nil {
		return headers, fail.AsUsage(fmt.Errorf("--headers: %w", err))
	}
	if f.signKeyFile != "" && headers.Signed == "" {
		headers.Signed = "X-Auth-Signed"
	}
	return headers, nil
}

// options are those of the handler, but for what observes it.
func (f *forwardFlags) options() (*forwardauth.Options, error) {
	if f.proxy == "" {
		return nil, fail.Hint(fail.Usagef("no proxy"), "--proxy says who asks, and so where the URL of a request is: see 'djsession forward-auth --help'")
	}
	proxy, err := forward.ProxyNamed(f.proxy)
	if err != nil {
		return nil, fail.AsUsage(fmt.Errorf("--proxy: %w", err))
	}
	opts := f.opts
	opts.From = proxy.Family
	if opts.Headers, err = f.identityHeaders(); err != nil {
		return nil, err
	}
	if opts.Endpoints, err = forward.Endpoints(proxy.Family, f.allow); err != nil {
		return nil, fail.AsUsage(fmt.Errorf("--allow: %w", err))
	}
	for _, text := range f.trusted {
		network, err := parseNetwork(text)
		if err != nil {
			return nil, fail.Usagef("--trusted: %q is neither an address nor a network such as 10.0.0.0/8", text)
		}
		opts.Trusted = append(opts.Trusted, network)
	}
	if f.signKeyFile != "" {
		secret, err := os.ReadFile(f.signKeyFile)
		if err != nil {
			return nil, fail.File("read the secret", err)
		}
		opts.Sign = bytes.TrimRight(secret, "\r\n")
	}
	return &opts, nil
}

func parseNetwork(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil {
		return addr.Prefix(addr.BitLen())
	}
	return netip.ParsePrefix(text)
}
