package cli

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"
)

// store is a DATABASES entry as --store takes it.
func (d *djangoDatabase) store(dir string) (store, note string) {
	engine := d.Engine[strings.LastIndex(d.Engine, ".")+1:]
	u := &url.URL{Path: "/" + d.Name}
	if d.User != "" {
		u.User = url.UserPassword(d.User, d.Password)
		if d.Password == "" {
			u.User = url.User(d.User)
		}
	}
	u.Host = d.Host
	switch {
	case d.Port != "":
		u.Host = net.JoinHostPort(d.Host, d.Port)
	case strings.Contains(d.Host, ":"):
		u.Host = "[" + d.Host + "]"
	}
	query := make(url.Values)
	option := func(name string) string {
		if v := d.Options[name]; v != nil {
			return fmt.Sprint(v)
		}
		return ""
	}
	switch {
	case strings.Contains(d.Engine, "sqlite") || engine == "spatialite":
		if !filepath.IsAbs(d.Name) {
			d.Name = filepath.Join(dir, d.Name)
		}
		return d.Name, ""
	case strings.Contains(d.Engine, "postg"):
		u.Scheme = "postgres"
		for _, name := range []string{"sslmode", "sslcert", "sslkey", "sslrootcert", "options"} {
			if v := option(name); v != "" {
				query.Set(name, v)
			}
		}
		if strings.HasPrefix(d.Host, "/") {
			u.Host = ""
			query.Set("host", d.Host)
			if d.Port != "" {
				query.Set("port", d.Port)
			}
		}
		if option("service") != "" {
			note = "the database is named by a service of libpq, which djsession does not read: complete store in " + configName
		}
	case strings.Contains(d.Engine, "mysql"):
		u.Scheme = "mysql"
		if socket := cmp.Or(option("unix_socket"), d.Host); strings.HasPrefix(socket, "/") {
			u.Host = ""
			query.Set("unix_socket", socket)
		}
		if _, ssl := d.Options["ssl"]; ssl || option("ssl_mode") != "" {
			query.Set("tls", "true")
			note = "the site speaks TLS with MySQL by options that djsession does not read: it takes a certificate that this machine trusts, or with tls=skip-verify in store any"
		}
		if option("read_default_file") != "" {
			note = "the database is named by the file " + option("read_default_file") + ", which djsession does not read: complete store in " + configName
		}
	default:
		return "", "a database of " + d.Engine + " is none that djsession knows"
	}
	u.RawQuery = query.Encode()
	return u.String(), note
}
