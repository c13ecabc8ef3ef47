package djsite

import (
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/filestore"
)

// withKeysOf returns parts like these under the keys of a site that is the same
// otherwise. They share connections, statements, and what is known of a cache.
func (p *parts) withKeysOf(site *Site) (*parts, error) {
	other := &parts{site: site.clone(), opts: p.opts, finder: p.finder, given: p.given}
	other.applyHooks()
	if err := other.unsolved(); err != nil {
		return nil, err
	}
	p.lendStore(other)
	other.manage()
	return other, nil
}

// lendStore gives other parts the store, with their codec.
func (p *parts) lendStore(other *parts) {
	switch table := p.table.(type) {
	case *dbstore.Store:
		other.table = table.WithCodec(other.codec)
	case *dbstore.UserStore:
		other.table = table.WithCodec(other.codec)
	}
	switch engine := other.site.Session.engine(); {
	case p.opts.Store != nil:
		other.store = p.opts.Store(other.codec)
	case engine == tableEngine:
		other.store = other.table
	case engine == cachedTableEngine:
		other.store = cachestore.WithDatabase(p.store, other.table)
	case engine == fileEngine:
		other.store = p.store.(*filestore.Store).WithCodec(other.codec)
	case engine == cookieEngine:
		other.store = other.openCookies()
	case engine == redisEngine:
		other.store = other.openRedisSessions()
	default:
		other.store = p.store // what is in a cache is not signed
	}
}
