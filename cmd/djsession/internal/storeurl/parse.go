// Package storeurl reads the paths and URLs that --store, --cache and
// DATABASE_URL have for the places where sessions are, and has the table of
// all kinds of places. It opens none of them.
package storeurl

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
)

// IsPath reports whether a store is named by the path of a file, which is then
// an SQLite database.
func IsPath(store string) bool {
	scheme, _, found := strings.Cut(store, ":")
	return !found || len(scheme) < 2 || strings.ContainsAny(scheme, `/\.`) // C: is a drive
}

// socketAsQuery matches a socket's directory in place of the host, as in
// postgres://user@%2Frun%2Fpostgresql/name: it is moved into the query, since
// no host can have slashes.
var socketAsQuery = regexp.MustCompile(`^([a-z0-9]+://(?:[^/?#]*@)?)(%2[Ff][^/?#:]*)(?::([0-9]+))?(/[^?#]*)\??`)

// credentialsFirst matches what has a user and a password as a URL has them,
// but is none: its scheme is missing or misspelled.
var credentialsFirst = regexp.MustCompile(`^[^@]*:[^@]*@`)

// Parse takes a path for an SQLite database. The error for a malformed URL does
// not quote it, because of the password.
func Parse(store string) (*url.URL, error) {
	if !strings.Contains(store, "://") && credentialsFirst.MatchString(store) && !isFile(store) {
		return nil, fail.Hint(fail.Usagef("the URL of the store lacks its scheme, or the :// after it"), "it begins with postgres://, mysql:// or the like: see 'djsession help stores'")
	}
	if IsPath(store) {
		return &url.URL{Scheme: "sqlite", Opaque: url.PathEscape(store)}, nil
	}
	hosts := severalHosts.FindStringSubmatch(store)
	if hosts != nil {
		store = hosts[1] + "several" + hosts[3]
	}
	u, err := url.Parse(socketAsQuery.ReplaceAllString(store, "$1$4?host=$2&port=$3&"))
	if err != nil {
		return nil, fail.Hint(fail.Usagef("the URL of the store cannot be read"), "in a user name or password write @ as %40, : as %3A, / as %2F, # as %23 and % as %25")
	}
	if hosts != nil {
		u.Host = hosts[2]
	}
	moveSocket(u)
	return u, nil
}

// moveSocket takes the socket out of the path, as in
// postgres://user@//cloudsql/project:region:instance/name, which django-environ
// reads: without a host, the path's last part alone is the database.
func moveSocket(u *url.URL) {
	parameter := ""
	switch kind := KindOf(u.Scheme); {
	case kind == KindOf("postgres"):
		parameter = "host"
	case kind == KindOf("mysql"):
		parameter = "unix_socket"
	}
	end := strings.LastIndexByte(u.Path, '/')
	if parameter == "" || u.Host != "" || end <= 0 {
		return
	}
	query := u.Query()
	if query.Get(parameter) == "" {
		query.Set(parameter, "/"+strings.Trim(u.Path[:end], "/"))
	}
	u.Path, u.RawPath, u.RawQuery = u.Path[end:], "", query.Encode()
}

// severalHosts matches servers with commas between, which no host can have; a
// password can.
var severalHosts = regexp.MustCompile(`^([a-z0-9+]+://(?:[^/?#]*@)?)([^/?#@,]*,[^/?#@]*)([/?#].*)?$`)
