// Package cachestore keeps sessions where Django's cache and cached_db backends
// keep them: in a cache, alone or before a database.
//
//	cache := rediscache.New(client, nil)
//	store := cachestore.New(cache, nil)                // SESSION_ENGINE = "django.contrib.sessions.backends.cache"
//	store := cachestore.NewCachedDB(db, cache, nil)    // SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
//
// The packages below this one are the caches. If the site has several caches,
// give the store the one that SESSION_CACHE_ALIAS names.
//
// Django stores a session in a cache as a pickled dictionary, whatever
// SESSION_SERIALIZER says. Values that Go does not set go back as they were,
// also objects of unknown classes. There is no signature: a program that can
// write to the cache can log in as any user and, because Django unpickles, can
// run code in Django. Keep the cache on a network of its own, or behind a
// password.
//
// # Expiry
//
// A session lives as long as Django would have it live, to the second:
// SessionBase.get_expiry_age decides its time to live at each save, and the
// cache drops it by its own clock. Expires of a loaded record is the time that
// the cache says is left. A cache that cannot tell (see [TTLGetter]), or is not
// asked (Options.NoExpires), leaves it zero, unless the session itself names
// the instant; djsession.Options.TouchInterval then counts every session as
// due. A record without Expires is saved to live as its _session_expiry or
// Options.CookieAge says.
//
// # Differences from Django
//
// A cache that cannot be asked is djsession.ErrUnavailable, and a value that is
// not a pickled dict is djsession.ErrCorrupt; Django takes both for a logout.
// An update is one step that never brings a deleted session back; Django looks
// first and sets then. With a database behind the cache, sessions survive an
// outage of the cache, and it undoes nothing: see [NewCachedDB].
//
// A store over a cache alone has nothing to compare with. If the cache comes
// back as it was some time ago, sessions are as they were then, logouts undone.
package cachestore
