package project

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
)

// mysql takes OPTIONS before USER, HOST and so on, as Django does.
func (d *database) mysql(left *leftOut) string {
	other := *d
	other.Host, other.Port = cmp.Or(left.take("host"), d.Host), cmp.Or(left.take("port"), d.Port)
	password := cmp.Or(left.take("password"), left.take("passwd"), d.Password)
	u := other.url(
		"mysql",
		cmp.Or(left.take("user"), d.User),
		password,
		cmp.Or(left.take("database"), left.take("db"), d.Name),
	)
	query := make(url.Values)
	if socket := cmp.Or(left.take("unix_socket"), other.Host); strings.HasPrefix(socket, "/") {
		u.Host = ""
		query.Set("unix_socket", socket)
	}
	left.mysqlTLS(query)
	left.harmless(
		"charset",
		"collation",
		"init_command",
		"sql_mode",
		"isolation_level",
		"connect_timeout",
		"read_timeout",
		"write_timeout",
		"autocommit",
		"use_unicode",
		"conv",
		"client_flag",
		"local_infile",
		"compress",
		"use_pure",
		"auth_plugin",
		"init_connect",
		"cursorclass",
		"pool_name",
		"pool_size",
	)
	left.because(
		"read_default_file",
		"the file is not read: complete store in "+settings.FileName+" with what it says of host, user and database",
	)
	left.because("read_default_group", "")
	u.RawQuery = query.Encode()
	return u.String()
}

// mysqlTLS reads the options of mysqlclient and PyMySQL: ssl_mode, and the
// files of ssl.
func (left *leftOut) mysqlTLS(query url.Values) {
	mode := strings.ToUpper(left.take("ssl_mode"))
	value, given := left.options["ssl"]
	left.taken = append(left.taken, "ssl")
	files, _ := value.(map[string]any)
	for option, parameter := range map[string]string{"ca": "ssl_ca", "cert": "ssl_cert", "key": "ssl_key"} {
		if path, ok := files[option].(string); ok && path != "" {
			query.Set(parameter, path)
		}
	}
	for _, name := range []string{"ssl_ca", "ssl_cert", "ssl_key"} {
		if path := left.take(name); path != "" {
			query.Set(name, path)
		}
	}
	for option := range files {
		if !slices.Contains([]string{"ca", "cert", "key"}, option) {
			left.note(
				"OPTIONS ssl " + option + " of DATABASES is left out: djsession checks certificates in its own way",
			)
		}
	}
	switch {
	case mode == "DISABLED":
	case mode == "PREFERRED":
		query.Set("tls", "preferred")
	case mode == "REQUIRED" && query.Get("ssl_ca") == "":
		query.Set("tls", "skip-verify")
	case mode != "", given && value != false, query.Get("ssl_ca") != "":
		query.Set("tls", "true")
	}
}
