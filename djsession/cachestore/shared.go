package cachestore

import "github.com/djsession/djsession-go/djsession"

// Shared implements [djsession.Sharer].
func (s *store) Shared() []djsession.Shared {
	own := djsession.Shared{Part: "cachestore.Options", HasLocal: true, Local: s.opts.Local, CookieAge: s.opts.CookieAge}
	if signed, ok := s.opts.Serializer.(interface{ Keys() djsession.Keys }); ok { // as redisstore's is
		own.Keys = signed.Keys()
	}
	return []djsession.Shared{own}
}

// Shared implements [djsession.Sharer]: what the database was told comes first.
func (c *cachedDB) Shared() []djsession.Shared {
	var all []djsession.Shared
	if db, ok := c.db.(djsession.Sharer); ok {
		all = db.Shared()
	}
	return append(all, c.cache.Shared()...)
}
