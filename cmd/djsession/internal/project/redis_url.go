package project

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/storeurl"
)

// redisURL is the server that is written to, or nil.
func (c *cache) redisURL(left *leftOut) *url.URL {
	locations := c.Locations
	if len(locations) == 1 {
		locations = strings.FieldsFunc(locations[0], func(r rune) bool { return r == ',' || r == ';' })
	}
	if len(locations) == 0 {
		left.note("the cache has no LOCATION")
		return nil
	}
	if len(locations) > 1 {
		left.note(
			"of several servers in LOCATION the first is taken, which is the one that is written to: the others are its replicas",
		)
	}
	location := strings.TrimSpace(locations[0])
	if !strings.Contains(location, "://") {
		location = "redis://" + location // Django's own takes host:port too
	}
	u, err := url.Parse(location)
	if err != nil {
		left.note("its LOCATION is not a URL")
		return nil
	}
	switch u.Scheme {
	case "valkey":
		u.Scheme = "redis"
	case "valkeys":
		u.Scheme = "rediss"
	}
	if storeurl.KindOf(u.Scheme) != storeurl.KindOf("redis") {
		left.note("djsession does not know servers of " + u.Scheme + ":")
		return nil
	}
	return u
}

// redisOptions takes what an option of redis-py says of the server, unless the
// URL says it.
func redisOptions(u *url.URL, left *leftOut, query url.Values) {
	left.harmless(redisConnection...)
	db, user, password := left.take("db"), left.take("username"), left.take("password")
	giveUser(u, user, password)
	if db != "" && db != "0" && strings.Trim(u.Path, "/") == "" && u.Query().Get("db") == "" && u.Scheme != "unix" {
		u.Path = "/" + db
	}
	if options := left.options["decode_responses"]; options == true {
		left.note("decode_responses of " + left.where + " is left out: djsession reads bytes")
	}
	left.because("decode_responses", "")
	left.because("ssl", "")
	if left.options["ssl"] == true && u.Scheme == "redis" {
		u.Scheme = "rediss"
	}
	if requires, given := left.options["ssl_cert_reqs"]; given &&
		(requires == nil || strings.Contains(strings.ToLower(fmt.Sprint(requires)), "none") || fmt.Sprint(requires) == "0") {
		query.Set("ssl_cert_reqs", "none")
	}
	left.taken = append(left.taken, "ssl_cert_reqs")
	if file := left.take("ssl_ca_certs"); file != "" {
		query.Set("ssl_ca_certs", file)
	}
	for _, name := range []string{"ssl_certfile", "ssl_keyfile", "ssl_ca_path", "ssl_ca_data", "ssl_keyfile_password", "ssl_password"} {
		left.because(
			name,
			"djsession shows the server no certificate of its own, and takes those of ssl_ca_certs or of this machine",
		)
	}
}

// giveUser puts user and password into a URL that has none.
func giveUser(u *url.URL, user, password string) {
	if u.User != nil || user == "" && password == "" {
		return
	}
	u.User = url.UserPassword(user, password)
}

// behindSentinels makes the URL that of the Sentinels, whose host was the name
// of the master.
func behindSentinels(u *url.URL, value, options any, left *leftOut, query url.Values) bool {
	list, _ := value.([]any)
	var servers []string
	for _, item := range list {
		pair, _ := item.([]any)
		if len(pair) != 2 {
			left.note("OPTIONS SENTINELS of CACHES is not a list of hosts and ports")
			return false
		}
		port, _ := pair[1].(float64)
		servers = append(servers, net.JoinHostPort(fmt.Sprint(pair[0]), strconv.Itoa(int(port))))
	}
	if len(servers) == 0 {
		left.note("OPTIONS SENTINELS of CACHES is not a list of hosts and ports")
		return false
	}
	if o, _ := options.(map[string]any); o != nil {
		if password, _ := o["password"].(string); password != "" {
			query.Set("sentinel_password", password)
		}
	}
	path := "/" + u.Hostname()
	if db := strings.Trim(u.Path, "/"); db != "" {
		path += "/" + db
	}
	u.Scheme, u.Host, u.Path = u.Scheme+"+sentinel", strings.Join(servers, ","), path
	return true
}

// finishRedis moves what redis-py reads in a URL, and djsession does not, out
// of it.
func finishRedis(u *url.URL, left *leftOut) string {
	query := u.Query()
	giveUser(u, query.Get("username"), query.Get("password"))
	for name := range query {
		switch name {
		case "db", "ssl_cert_reqs", "ssl_ca_certs":
			continue
		case "username", "password":
		default:
			if !slices.Contains(redisConnection, name) {
				left.note(fmt.Sprintf("%s in LOCATION is left out: djsession does not know it", name))
			}
		}
		query.Del(name)
	}
	u.RawQuery = query.Encode()
	// Several hosts are no URL to net/url, which would escape them.
	host := u.Host
	if strings.Contains(host, ",") {
		u.Host = "several"
		return strings.Replace(u.String(), "several", host, 1)
	}
	return u.String()
}
