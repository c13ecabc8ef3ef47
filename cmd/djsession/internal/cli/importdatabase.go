package cli

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// djangoDatabase is an entry of DATABASES.
type djangoDatabase struct {
	Engine   string         `json:"engine"`
	Vendor   string         `json:"vendor"` // as Django calls it, whatever wraps its backend; "" from older answers
	Name     string         `json:"name"`
	User     string         `json:"user"`
	Password string         `json:"password"`
	Host     string         `json:"host"`
	Port     string         `json:"port"`
	TimeZone string         `json:"time_zone"`
	Options  map[string]any `json:"options"` // null for what JSON does not have
}

// store is the entry as --store takes it, or "" if it cannot be one; notes say
// what was left out, and why. Dir is the project's.
func (d *djangoDatabase) store(dir string) (store string, notes []string) {
	left := &leftOut{options: d.Options, where: "DATABASES"}
	switch vendor := d.vendor(); vendor {
	case "sqlite":
		store = d.sqlite(dir, left)
	case "postgresql":
		store = d.postgres(left)
	case "mysql":
		store = d.mysql(left)
	default:
		return "", []string{
			"a database of " + d.Engine + " is none that djsession knows: it reads PostgreSQL, MySQL, MariaDB and SQLite",
		}
	}
	left.rest("djsession does not know it: if it says where or how to connect, complete store in " + configName)
	return store, left.notes
}

// vendor is the kind of server, also of a backend that wraps one of Django's.
func (d *djangoDatabase) vendor() string {
	switch engine := strings.ToLower(d.Engine); {
	case d.Vendor != "":
		return d.Vendor
	case strings.Contains(engine, "sqlite"), strings.HasSuffix(engine, ".spatialite"):
		return "sqlite"
	case strings.Contains(engine, "postg"):
		return "postgresql"
	case strings.Contains(engine, "mysql"):
		return "mysql"
	}
	return ""
}

// inMemory reports whether the database is in the memory of the site's own
// process.
func (d *djangoDatabase) inMemory() bool {
	return d.vendor() == "sqlite" && (strings.Contains(d.Name, ":memory:") || strings.Contains(d.Name, "mode=memory"))
}

func (d *djangoDatabase) sqlite(dir string, left *leftOut) string {
	left.harmless(
		"timeout",
		"transaction_mode",
		"init_command",
		"check_same_thread",
		"cached_statements",
		"isolation_level",
		"detect_types",
		"uri",
		"factory",
	)
	if d.inMemory() {
		left.note("the database is in the memory of the site's own process: no other program can read it")
		return ""
	}
	name := d.Name
	if uri, ok := strings.CutPrefix(name, "file:"); ok {
		path, _, _ := strings.Cut(uri, "?")
		if after, ok := strings.CutPrefix(path, "//"); ok { // an authority, which is empty or localhost
			path = after[max(strings.IndexByte(after, '/'), 0):]
		}
		if unescaped, err := url.PathUnescape(path); err == nil {
			path = unescaped
		}
		name = path
	}
	return pathIn(dir, name)
}

func (d *djangoDatabase) url(scheme, user, password, name string) *url.URL {
	u := &url.URL{Scheme: scheme, Path: "/" + name, Host: d.Host}
	if user != "" {
		u.User = url.UserPassword(user, password)
		if password == "" {
			u.User = url.User(user)
		}
	}
	switch {
	case d.Port != "":
		u.Host = net.JoinHostPort(d.Host, d.Port)
	case strings.Contains(d.Host, ":"):
		u.Host = "[" + d.Host + "]"
	}
	return u
}

// postgres takes what USER, HOST and so on do not say out of OPTIONS, as Django
// does.
func (d *djangoDatabase) postgres(left *leftOut) string {
	name := cmp.Or(left.take("dbname"), d.Name)
	u := d.url("postgres", cmp.Or(d.User, left.take("user")), cmp.Or(d.Password, left.take("password")), name)
	query := make(url.Values)
	for _, option := range []string{
		"sslmode", "sslcert", "sslkey", "sslrootcert", "sslpassword", "options", "target_session_attrs", "passfile",
		"gssencmode", "channel_binding",
	} {
		if value := left.take(option); value != "" {
			query.Set(option, value)
		}
	}
	if query.Get("sslmode") == "prefer" { // the default; some drivers do not know the word
		query.Del("sslmode")
	}
	left.harmless(
		"connect_timeout",
		"isolation_level",
		"pool",
		"server_side_binding",
		"prepare_threshold",
		"client_encoding",
		"cursor_factory",
		"application_name",
		"keepalives",
		"keepalives_idle",
		"keepalives_interval",
		"keepalives_count",
		"tcp_user_timeout",
		"autocommit",
		"fallback_application_name",
		"row_factory",
		"async_",
	)
	left.because(
		"service",
		"the file of libpq's services is not read: complete store in "+configName+" with host and database",
	)
	left.because("assume_role", "the role is not taken: the user of the store needs the rights of that role itself")
	left.because("sslcrl", "revoked certificates are not looked up")
	host, port := cmp.Or(d.Host, left.take("host")), cmp.Or(d.Port, left.take("port"))
	switch {
	case strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@"):
		u.Host = ""
		query.Set("host", host)
		if port != "" {
			query.Set("port", port)
		}
	case strings.Contains(host, ","):
		u.Host = hosts(host, port)
	case host != d.Host || port != d.Port:
		other := *d
		other.Host, other.Port = host, port
		u.Host = other.url("", "", "", "").Host
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// hosts pairs several hosts with their ports, or with the one port of all.
func hosts(host, port string) string {
	names, ports := strings.Split(host, ","), strings.Split(port, ",")
	for i, name := range names {
		if p := ports[min(i, len(ports)-1)]; p != "" {
			names[i] = net.JoinHostPort(name, p)
		}
	}
	return strings.Join(names, ",")
}

// mysql takes OPTIONS before USER, HOST and so on, as Django does.
func (d *djangoDatabase) mysql(left *leftOut) string {
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
		"the file is not read: complete store in "+configName+" with what it says of host, user and database",
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

// A leftOut names the options that a store cannot have, each with a reason.
type leftOut struct {
	where   string // the setting
	family  string // the class of a cache that djsession knows
	options map[string]any
	taken   []string
	notes   []string
}

func (left *leftOut) note(text string) { left.notes = append(left.notes, text) }

// take is an option as text, "" if it is not there.
func (left *leftOut) take(name string) string {
	value, ok := left.options[name]
	left.taken = append(left.taken, name)
	if !ok || value == nil || value == false {
		return ""
	}
	switch value.(type) {
	case map[string]any, []any:
		left.note(fmt.Sprintf("OPTIONS %s of %s is left out: it is not a text", name, left.where))
		return ""
	}
	return fmt.Sprint(value)
}

// harmless are options that say nothing of where and how sessions are stored.
func (left *leftOut) harmless(names ...string) { left.taken = append(left.taken, names...) }

// because leaves out an option, if it is there, with a reason; "" for one that
// another reason covers.
func (left *leftOut) because(name, reason string) {
	if value := left.options[name]; value != nil && value != "" && reason != "" {
		left.note(fmt.Sprintf("OPTIONS %s of %s is left out: %s", name, left.where, reason))
	}
	left.taken = append(left.taken, name)
}

// rest leaves out all others. It returns their names.
func (left *leftOut) rest(reason string) (names []string) {
	for name, value := range left.options {
		if !slices.Contains(left.taken, name) && value != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		left.because(name, reason)
		if left.options[name] == nil {
			left.note(fmt.Sprintf("OPTIONS %s of %s is left out: %s", name, left.where, reason))
		}
	}
	return names
}
