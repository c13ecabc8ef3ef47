// Package forward is djsession forward-auth but for its flags and the opening
// of stores: the server around a forwardauth.Handler, what is said about it,
// and the configurations of proxies that ask it.
package forward

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/djsession/djsession-go/djsession/forwardauth"
)

// A Proxy is one that can ask.
type Proxy struct {
	Name   string // of --proxy
	Family forwardauth.Family
}

// Proxies are all that are known.
var Proxies = []Proxy{
	{"nginx", forwardauth.XOriginal},
	{"ingress", forwardauth.XOriginal},
	{"caddy", forwardauth.XForwarded},
	{"traefik", forwardauth.XForwarded},
	{"haproxy", forwardauth.XForwarded},
	{"apisix", forwardauth.XForwarded},
	{"envoy", forwardauth.EnvoyPath},
	{"envoy-grpc", forwardauth.EnvoyGRPC},
}

// ProxyNamed finds a proxy.
func ProxyNamed(name string) (*Proxy, error) {
	for i := range Proxies {
		if Proxies[i].Name == name {
			return &Proxies[i], nil
		}
	}
	return nil, fmt.Errorf("no such proxy: %q; these are known: %s", name, strings.Join(proxyNames(), ", "))
}

func proxyNames() []string {
	names := make([]string, len(Proxies))
	for i, p := range Proxies {
		names[i] = p.Name
	}
	return names
}

// A Place is an endpoint: a path and its rule.
type Place struct {
	Path string
	Rule forwardauth.Rule
}

// Base is where a proxy asks whether anyone is logged in. Envoy appends the
// path of the request, so that no endpoint may be below another.
func Base(family forwardauth.Family) string {
	if family == forwardauth.EnvoyPath {
		return "/auth/user"
	}
	return "/auth"
}

// ParsePlace reads what --allow says: staff, superuser, optional, group:NAME or
// perm:APP.CODENAME.
func ParsePlace(text string) (*Place, error) {
	kind, name, named := strings.Cut(text, ":")
	switch {
	case text == "staff":
		return &Place{"/auth/staff", forwardauth.Staff}, nil
	case text == "superuser":
		return &Place{"/auth/superuser", forwardauth.Superuser}, nil
	case text == "optional":
		return &Place{"/auth/optional", forwardauth.Optional}, nil
	case kind == "group" && name != "":
		return &Place{"/auth/group/" + url.PathEscape(name), forwardauth.InGroup(name)}, nil
	case kind == "perm" && strings.Count(name, ".") == 1 && !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, "."):
		return &Place{"/auth/perm/" + url.PathEscape(name), forwardauth.HasPerm(name)}, nil
	case kind == "perm" && named:
		return nil, fmt.Errorf("%q is not a permission: it must be perm:APP.CODENAME", text)
	}
	return nil, fmt.Errorf("%q is none of staff, superuser, optional, group:NAME and perm:APP.CODENAME", text)
}

// Endpoints are the rules of a handler: the base and what is declared.
func Endpoints(family forwardauth.Family, allow []string) (map[string]forwardauth.Rule, error) {
	all := map[string]forwardauth.Rule{Base(family): forwardauth.LoggedIn}
	for _, text := range allow {
		p, err := ParsePlace(text)
		if err != nil {
			return nil, err
		}
		all[p.Path] = p.Rule
	}
	return all, nil
}

// headerFields are the names of forwardauth.Headers in --headers.
func headerFields(h *forwardauth.Headers) map[string]*string {
	return map[string]*string{"id": &h.ID, "username": &h.Username, "email": &h.Email, "name": &h.FullName, "groups": &h.Groups,
		"staff": &h.Staff, "superuser": &h.Superuser, "signed": &h.Signed}
}

// ParseHeaders reads --headers: the name of a set, or FIELD=HEADER,...
func ParseHeaders(text string) (forwardauth.Headers, error) {
	sets := map[string]forwardauth.Headers{"": forwardauth.AuthRequest, "auth-request": forwardauth.AuthRequest, "remote": forwardauth.Remote,
		"forwarded-user": forwardauth.ForwardedUser}
	if set, ok := sets[text]; ok {
		return set, nil
	}
	var h forwardauth.Headers
	fields := headerFields(&h)
	for part := range strings.SplitSeq(text, ",") {
		field, name, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok || fields[field] == nil || name == "" {
			return h, fmt.Errorf("%q is neither auth-request, remote, forwarded-user nor FIELD=HEADER; the fields are %s", part, strings.Join(fieldNames(), ", "))
		}
		*fields[field] = name
	}
	return h, nil
}

func fieldNames() []string {
	var h forwardauth.Headers
	var names []string
	for name := range headerFields(&h) {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
