package testenv

import "testing"

// pairs are the servers that each series of Django is tested with, so that the
// oldest and the newest of each sort are met without all running with all: old
// Djangos have old servers, and MySQL and MariaDB take turns. The series that
// most sites run has every newest one.
var pairs = map[string]struct{ databases, caches []*kind }{
	"1.11": {[]*kind{postgreSQL, mariaDB}, []*kind{redis, memcached}},
	"2.2":  {[]*kind{postgreSQL, mySQL}, []*kind{redis, memcached}},
	"3.2":  {[]*kind{newPostgreSQL, newMariaDB}, []*kind{newRedis, memcached}},
	"4.2":  {[]*kind{postgreSQL, mySQL}, []*kind{valkey, newMemcached}},
	"5.2":  {[]*kind{newPostgreSQL, newMariaDB, mySQL}, []*kind{newRedis, newMemcached}},
	"6.1":  {[]*kind{newPostgreSQL, mariaDB}, []*kind{valkey, newMemcached}},
}

// EachDatabase runs a subtest named for each database that this Django is
// tested with, with a fresh one. A missing one skips or fails its own subtest.
func (d *Django) EachDatabase(t *testing.T, test func(t *testing.T, db *Database)) {
	pair, ok := pairs[d.Series]
	if !ok { // the system's own Django
		EachDatabase(t, test)
		return
	}
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	for _, k := range pair.databases {
		t.Run(k.name, func(t *testing.T) { test(t, k.use(t).Database(t)) })
	}
}

// Redis returns the Redis or Valkey that this Django is tested with. This
// process's tests share it.
func (d *Django) Redis(t testing.TB) *Server {
	t.Helper()
	if pair, ok := pairs[d.Series]; ok {
		return pair.caches[0].use(t)
	}
	return Redis(t)
}

// Memcached returns the memcached that this Django is tested with. This
// process's tests share it.
func (d *Django) Memcached(t testing.TB) *Server {
	t.Helper()
	if pair, ok := pairs[d.Series]; ok {
		return pair.caches[1].use(t)
	}
	return Memcached(t)
}
