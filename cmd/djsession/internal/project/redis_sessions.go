package project

import (
	"cmp"
	"fmt"
	"net"
	"net/url"

	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/storeurl"
)

// redisSessions is what django-redis-sessions is told, by the names of
// its settings in small letters.
type redisSessions map[string]any

// store is where django-redis-sessions keeps sessions, or "" with the reason.
func (d redisSessions) store() (store string, notes []string) {
	text := func(name string) string {
		if value := d[name]; value != nil {
			return fmt.Sprint(value)
		}
		return ""
	}
	switch {
	case d["connection_object"] == true:
		return "", []string{
			"SESSION_REDIS_CONNECTION_OBJECT is a connection that the site makes itself: set store in " + settings.FileName + " to its server, with ?engine=django-redis-sessions",
		}
	case d["pool"] != nil:
		return "", []string{
			"SESSION_REDIS has a POOL, whose sessions are shared out among several servers: djsession reads one",
		}
	}
	u := &url.URL{
		Scheme: "redis",
		Host:   net.JoinHostPort(cmp.Or(text("host"), "localhost"), cmp.Or(text("port"), "6379")),
		Path:   "/" + cmp.Or(text("db"), "0"),
	}
	if password := text("password"); password != "" {
		u.User = url.UserPassword("", password)
	}
	query := url.Values{"engine": {"django-redis-sessions"}}
	left := &leftOut{options: d, where: "SESSION_REDIS"}
	switch socket := text("unix_domain_socket_path"); {
	case text("url") != "":
		given, err := url.Parse(text("url"))
		if err != nil || storeurl.KindOf(given.Scheme) != storeurl.KindOf("redis") {
			return "", []string{"the url of SESSION_REDIS is none that djsession reads"}
		}
		u = given
	case socket != "":
		u.Scheme, u.Host, u.Path = "unix", "", socket
		query.Set("db", cmp.Or(text("db"), "0"))
	}
	if sentinels := d["sentinel_list"]; sentinels != nil {
		u.Scheme, u.Host = "redis", text("sentinel_master_alias")
		if !behindSentinels(u, sentinels, nil, left, query) {
			return "", left.notes
		}
	}
	if prefix := text("prefix"); prefix != "" {
		query.Set("prefix", prefix)
	}
	return withParams(finishRedis(u, left), query), left.notes
}
