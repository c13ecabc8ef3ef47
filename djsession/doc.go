// Package djsession shares sessions with Django: it reads and writes what
// django.contrib.sessions stores, and has SessionMiddleware as a handler for
// net/http.
//
//	codec := djsession.NewCodec(os.Getenv("DJANGO_SECRET_KEY"), nil)
//	sessions := djsession.NewManager(dbstore.New(db, sqldialect.PostgreSQL, codec, nil), nil)
//	http.Handle("/", sessions.Handler(next))
//
// Within next, [FromRequest] is Django's request.session. It is loaded at that
// call, and saved, with its cookie, just before the first byte of the response,
// by Django's rules: if it was changed, and the status is below 500. Outside of
// HTTP, [Manager.Open], [Manager.New] and [Session.Save] do the same by hand.
//
// A [Store] keeps sessions: dbstore is the engine db, cachestore cache and
// cached_db, filestore file, cookiestore signed_cookies; memstore is for tests.
// A session alone authenticates no one: package auth finds the user.
//
// # Values
//
// [Get] decodes a value by the rules of encoding/json. A value that is not set
// goes back to Django as it was: big integers, 1.0, NaN, the order of names,
// lone surrogates. A value that is set is encoded when the session is saved; if
// that fails, the save fails. As in Django, a change inside a value does not
// mark the session as changed: call [Session.Set] again. Serializers other than
// [JSON] are packages pickled and msgpacked.
//
// # Errors
//
// An unknown, expired or unreadable session becomes an empty session, as in
// Django; an unreadable one is logged. A store that fails is an
// [ErrUnavailable], which [Error] answers with a 503: it never looks like a
// logout. A session that was deleted while the request ran is an
// [ErrInterrupted], a 400, and is never brought back.
//
// # Who writes last
//
// As in Django, the last request to save overwrites the whole session;
// [Options].Merge saves only what a request changed. A session that is only
// prolonged keeps what other requests stored since.
//
// # Security considerations
//
// A session key gives access to its session. It is never logged; its
// [Fingerprint] is. A new session never takes a key that a client sent. Log
// users in with package auth, or call [Session.CycleKey], so that a key that an
// attacker planted is useless. Sessions are signed, not secret, and those in
// caches are not even signed. On a site of Django 4.0 or later set
// [CodecOptions].RejectLegacy.
//
// # Older Djangos
//
// Django up to 3.0, and 3.1 and 3.2 with DEFAULT_HASHING_ALGORITHM = "sha1",
// read sessions only with [CodecOptions].Layout = [LayoutLegacy]. The defaults
// of [Options] are those of Django 5 and later; USE_TZ = False, the default
// before, takes the site's zone in Local, here and in the store. Where this
// package differs from Django on purpose is in DIFFERENCES.md, with a test for
// each row.
//
// Django: django.contrib.sessions.
package djsession
