package project

import (
	"cmp"
	"net"
	"net/url"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
)

// database is an entry of DATABASES.
type database struct {
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
func (d *database) store(dir string) (store string, notes []string) {
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
	left.rest("djsession does not know it: if it says where or how to connect, complete store in " + settings.FileName)
	return store, left.notes
}

// vendor is the kind of server, also of a backend that wraps one of Django's.
func (d *database) vendor() string {
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
func (d *database) inMemory() bool {
	return d.vendor() == "sqlite" && (strings.Contains(d.Name, ":memory:") || strings.Contains(d.Name, "mode=memory"))
}

func (d *database) sqlite(dir string, left *leftOut) string {
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

func (d *database) url(scheme, user, password, name string) *url.URL {
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
func (d *database) postgres(left *leftOut) string {
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
		"the file of libpq's services is not read: complete store in "+settings.FileName+" with host and database",
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
