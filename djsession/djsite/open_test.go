package djsite_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/djsite"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/signing"
)

// connections are to nothing: Open connects to none.
func connections() djsite.Connections {
	return djsite.Connections{
		DB:     map[string]*sql.DB{"default": new(sql.DB)},
		Caches: map[string]cachestore.Cache{"default": struct{ cachestore.Cache }{}},
	}
}

// TestUnsupported: a site with code of its own is refused, until the program
// has what makes up for it, or says that it knows.
func TestUnsupported(t *testing.T) {
	accept := func(o *auth.Options) { o.Accept = func(context.Context, *auth.User) error { return nil } }
	own := func(*djsession.Codec) djsession.Store { return memstore.New(nil) }
	for _, test := range []struct {
		name   string
		solved []*djsite.Options // each is enough
		wrong  []*djsite.Options // none is
	}{
		{
			"session_auth_hash",
			[]*djsite.Options{
				{Logins: func(o *auth.Options) { o.HashSalt = "x" }},
				{Logins: func(o *auth.Options) { o.HashInput = func(u *auth.User) string { return u.ID } }},
				{Logins: func(o *auth.Options) {
					o.SessionHash = func(string) func(*auth.User) string { return nil }
				}},
			},
			[]*djsite.Options{{Logins: accept}, {UserFinder: ann{}}},
		},
		{
			"is_active",
			[]*djsite.Options{
				{Logins: accept}, {UserFinder: ann{}}, {Users: func(o *dbusers.Options) { o.ActiveWhere = "x" }},
			},
			[]*djsite.Options{{Users: func(o *dbusers.Options) { o.Where = "x" }}},
		},
		{
			"users_manager",
			[]*djsite.Options{{Logins: accept}, {UserFinder: ann{}}, {Users: func(o *dbusers.Options) { o.Where = "x" }}},
			[]*djsite.Options{{Users: func(o *dbusers.Options) { o.ActiveWhere = "x" }}},
		},
		{"get_user", []*djsite.Options{{Logins: accept}}, []*djsite.Options{{UserFinder: ann{}}}},
		{"user_ids", []*djsite.Options{{UserFinder: ann{}}}, []*djsite.Options{{Logins: accept}}},
		{"user_columns", []*djsite.Options{{UserFinder: ann{}}}, []*djsite.Options{{Logins: accept}}},
		{"authentication_middleware", nil, []*djsite.Options{{Logins: accept}}},
		{"session_middleware", nil, []*djsite.Options{{Sessions: func(o *djsession.Options) { o.CookieName = "x" }}}},
		{
			"session_encoding",
			[]*djsite.Options{
				{Store: own}, {Codec: func(o *djsession.CodecOptions) { o.Serializer = ownSerializer{djsession.JSON} }},
			},
			[]*djsite.Options{{Codec: func(o *djsession.CodecOptions) { o.Salt = "x" }}},
		},
		{"session_cache", []*djsite.Options{{Store: own}}, []*djsite.Options{{UserFinder: ann{}}}},
		{"session_store", []*djsite.Options{{Store: own}}, []*djsite.Options{{UserFinder: ann{}}}},
		{
			"session_columns",
			[]*djsite.Options{{Table: func(o *dbstore.UserOptions) { o.Columns = make([]dbstore.Column, 1) }}},
			[]*djsite.Options{{Table: func(o *dbstore.UserOptions) { o.Table = "x" }}},
		},
		{
			"session_references",
			[]*djsite.Options{{Table: func(o *dbstore.UserOptions) { o.References = make([]dbstore.Reference, 1) }}},
			[]*djsite.Options{{Table: func(o *dbstore.UserOptions) { o.Table = "x" }}},
		},
		{"session_expiry", nil, []*djsite.Options{{UserFinder: ann{}}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			site := shop()
			site.Unsupported = []string{test.name}
			for i, opts := range append(test.wrong, nil) {
				_, err := site.Open(connections(), opts)
				var refused *djsite.UnsupportedError
				if !errors.As(err, &refused) || !slices.Equal(refused.Names, site.Unsupported) {
					t.Errorf("wrong options %d: got %v, want an UnsupportedError", i, err)
				}
			}
			for i, opts := range append(test.solved, &djsite.Options{Known: []string{test.name}}) {
				if _, err := site.Open(connections(), opts); err != nil {
					t.Errorf("options %d: %v", i, err)
				}
			}
		})
	}
	t.Run("all are tried", func(t *testing.T) {
		if n := len(djsite.AllUnsupported()); n != 15 {
			t.Errorf("there are %d, and the table above and the test below have 15", n)
		}
	})
	t.Run("password_logins matter to a service that checks passwords", func(t *testing.T) {
		passwords := func(change func(o *auth.Options)) *djsite.Options {
			return &djsite.Options{Logins: func(o *auth.Options) {
				o.Passwords = struct{ auth.Passwords }{}
				change(o)
			}}
		}
		for _, test := range []struct {
			reason string
			opts   *djsite.Options
			opens  bool
		}{
			{"it checks none", nil, true},
			{"it checks them", passwords(func(*auth.Options) {}), false},
			{"it knows what guards them", passwords(func(o *auth.Options) { o.Guards = []string{"axes"} }), true},
			{"it does the same", passwords(func(o *auth.Options) { o.PasswordsSuffice = true }), true},
		} {
			site := shop()
			site.Unsupported = []string{"password_logins"}
			if _, err := site.Open(connections(), test.opts); (err == nil) != test.opens {
				t.Errorf("%s: got %v, want it to open: %v", test.reason, err, test.opens)
			}
		}
	})
	t.Run("what is not known to be there is a mistake", func(t *testing.T) {
		if _, err := shop().Open(connections(), &djsite.Options{Known: []string{"session_stroe"}}); err == nil {
			t.Error("no error")
		}
	})
}

type ownSerializer struct{ djsession.Serializer }

// TestOpenWantsConnections: an error names the alias, and what is there.
func TestOpenWantsConnections(t *testing.T) {
	for _, test := range []struct {
		reason string
		change func(s *djsite.Site)
		conns  djsite.Connections
		want   string
	}{
		{"no database", func(*djsite.Site) {}, djsite.Connections{}, `DB has no "default", and the sessions are there`},
		{
			"another than that of the users", func(s *djsite.Site) {
				s.Databases["people"], s.Users.Database = djsite.Database{Engine: "mysql"}, "people"
			}, connections(), `DB has no "people", and the users are there`,
		},
		{
			"no cache", func(s *djsite.Site) { s.Session.Engine = djangoBackends + "cached_db" },
			djsite.Connections{DB: connections().DB}, "rediscache",
		},
		{
			"no cache of memcached", func(s *djsite.Site) {
				s.Session.Engine = djangoBackends + "cache"
				s.Caches["default"] = djsite.Cache{Backend: "django.core.cache.backends.memcached.PyLibMCCache"}
			}, djsite.Connections{}, "memcached",
		},
		{
			"a cache that cannot be shared, before a table", func(s *djsite.Site) {
				s.Session.Engine = djangoBackends + "cached_db"
				s.Caches["default"] = djsite.Cache{Backend: "django.core.cache.backends.locmem.LocMemCache"}
			}, djsite.Connections{DB: connections().DB}, "own process",
		},
		{
			"a serializer that takes another package", func(s *djsite.Site) {
				s.Session.Engine = djangoBackends + "cache"
				s.Caches["default"] = djsite.Cache{Backend: "django_redis.cache.RedisCache", Serializer: "msgpack"}
			}, connections(), "Options.Cache",
		},
		{
			"no Redis of django-redis-sessions", func(s *djsite.Site) { s.Session.Engine = "redis_sessions.session" },
			connections(), "SESSION_REDIS",
		},
		{
			"a database that no alias of the site has", func(*djsite.Site) {},
			djsite.Connections{DB: map[string]*sql.DB{"default": new(sql.DB), "defualt": new(sql.DB)}}, `"defualt"`,
		},
	} {
		t.Run(test.reason, func(t *testing.T) {
			site := shop()
			test.change(site)
			_, err := site.Open(test.conns, nil)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %s", err, test.want)
			}
		})
	}
}

// TestVersionDecides: how things are signed follows from the version alone.
func TestVersionDecides(t *testing.T) {
	type follows struct {
		layout       djsession.Layout
		rejectLegacy bool
		algorithm    signing.Algorithm
		acceptSHA1   bool
		pickle       bool
		noHash       bool
		asDatetime   bool
		inactive     bool
	}
	for _, test := range []struct {
		reason, version, hashing string
		want                     follows
	}{
		{"not known: as the newest, but nothing is lost", "", "", follows{}},
		{"pickles are all there is, and logins have no hash", "1.5", "", follows{
			layout: djsession.LayoutLegacy, algorithm: signing.SHA1, pickle: true, noHash: true, asDatetime: true,
			inactive: true,
		}},
		{"JSON is the default, and logins have no hash", "1.6", "", follows{
			layout: djsession.LayoutLegacy, algorithm: signing.SHA1, noHash: true, inactive: true,
		}},
		{
			"inactive users stay logged in", "1.9", "",
			follows{layout: djsession.LayoutLegacy, algorithm: signing.SHA1, inactive: true},
		},
		{"the legacy layout", "1.11", "", follows{layout: djsession.LayoutLegacy, algorithm: signing.SHA1}},
		{"the last that writes it unasked", "3.0", "", follows{layout: djsession.LayoutLegacy, algorithm: signing.SHA1}},
		{"writes modern, reads what older ones left behind", "3.1", "", follows{acceptSHA1: true}},
		{"the last that reads it", "3.2", "", follows{acceptSHA1: true}},
		{
			"writes legacy when told to", "3.2", "sha1",
			follows{layout: djsession.LayoutLegacy, algorithm: signing.SHA1, acceptSHA1: true},
		},
		{"rejects it", "4.0", "", follows{rejectLegacy: true}},
		{"rejects it", "6.1", "", follows{rejectLegacy: true}},
	} {
		t.Run(test.version+" "+test.hashing+": "+test.reason, func(t *testing.T) {
			s := &djsite.Site{SecretKey: "key", DjangoVersion: test.version, HashingAlgorithm: test.hashing}
			codec, logins, sessions, cookies := s.CodecOptions(), s.AuthOptions(), s.SessionOptions(), s.CookieOptions()
			got := follows{
				codec.Layout, codec.RejectLegacy, logins.Algorithm, logins.AcceptSHA1, codec.Serializer.Name() == "pickle",
				logins.NoSessionHash, sessions.ExpireAsDatetime, slices.Contains(logins.InactiveBackends, auth.ModelBackend),
			}
			if got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			cookie := follows{algorithm: cookies.Algorithm, acceptSHA1: cookies.AcceptSHA1 && codec.AcceptSHA1}
			if want := (follows{algorithm: got.algorithm, acceptSHA1: got.acceptSHA1}); cookie != want {
				t.Errorf("cookies: got %+v, want %+v", cookie, want)
			}
		})
	}
}
