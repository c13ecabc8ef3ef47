package forward

import (
	"embed"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"text/template"

	"github.com/djsession/djsession-go/djsession/forwardauth"
)

//go:embed config
var configs embed.FS

// A Config is what a printed configuration speaks of. Addresses are HOST:PORT;
// Auth may be unix:PATH.
type Config struct {
	Auth     string   // where djsession forward-auth listens
	Admin    string   // and for the administrator
	Endpoint string   // at which the proxy asks
	Headers  []string // of the identity
	LoginURL string
	Front    string // where the proxy listens
	Upstream string // the application
	Django   string // "": the login page is on another host, or routed already
	Lua      string // the path of HAProxy's script
}

// Configs are the names of what can be printed.
func Configs() []string { return append(proxyNames(), "haproxy.lua", "django-shadow") }

// Print writes a configuration.
func (c Config) Print(w io.Writer, name string) error {
	if !slices.Contains(Configs(), name) {
		return fmt.Errorf("no configuration is called %q; these are known: %s", name, strings.Join(Configs(), ", "))
	}
	if strings.HasPrefix(c.Auth, "unix:") && name != "nginx" && name != "django-shadow" {
		return fmt.Errorf("the configuration of %s cannot name a Unix socket: give djsession forward-auth a --listen HOST:PORT", name)
	}
	family := forwardauth.XForwarded // of haproxy.lua
	if p, err := ProxyNamed(name); err == nil {
		family = p.Family
	}
	if c.Endpoint == "" {
		c.Endpoint = Base(family)
	}
	file := name
	if name == "envoy-grpc" {
		file = "envoy"
	}
	t, err := template.New("").Funcs(funcs).ParseFS(configs, "config/"+file+".tmpl")
	if err != nil {
		return err
	}
	return t.ExecuteTemplate(w, file+".tmpl", struct {
		Config
		GRPC  bool
		Asked []string
	}{c, name == "envoy-grpc", asked})
}

// asked are the headers of the client that decide about an answer.
var asked = []string{"cookie", "accept", "origin", "sec-fetch-mode", "x-requested-with", "access-control-request-method", "x-forwarded-proto"}

// LoginPrefix is the part of the site that must be reached without a login:
// "/accounts/" of "/accounts/login/".
func (c Config) LoginPrefix() string {
	path := c.LoginURL
	if _, rest, ok := strings.Cut(path, "://"); ok {
		_, path, _ = strings.Cut(rest, "/")
		path = "/" + path
	}
	first, _, ok := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if !ok {
		return "/" + first
	}
	return "/" + first + "/"
}

// FrontPort is the port of Front.
func (c Config) FrontPort() string { return port(c.Front) }

var funcs = template.FuncMap{
	"snake": func(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "_") },
	"lower": strings.ToLower,
	"host":  host,
	"port":  port,
	"nginxHost": func(address string) string {
		if strings.HasPrefix(address, "unix:") {
			return address + ":" // where nginx has the path begin
		}
		return address
	},
	"cluster": func(name, address string) any { return struct{ Name, Address string }{name, address} },
}

func host(address string) string {
	host, _, _ := net.SplitHostPort(address)
	if host == "" {
		return "0.0.0.0"
	}
	return host
}

func port(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}
