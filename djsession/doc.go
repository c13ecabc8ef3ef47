// Package djsession shares Django's sessions: what django.contrib.sessions
// keeps is read and written here, and SessionMiddleware is a handler for
// net/http.
//
//	codec := djsession.NewCodec(os.Getenv("DJANGO_SECRET_KEY"), nil)
//	sessions := djsession.NewManager(dbstore.New(db, sqldialect.PostgreSQL, codec, nil), nil)
//	http.Handle("/", sessions.Handler(next))
//
// Within next, [FromRequest] is Django's request.session. It is read when it is
// asked for, and saved, with its cookie, just before the first byte of the
// response, by Django's rules: if it was changed, and the status is below 500.
// Outside of HTTP, [Manager.Open], [Manager.New] and [Session.Save] do the same
// by hand.
//
// A [Store] is where sessions are: dbstore for the backend db, cachestore for
// cache and cached_db, filestore for file, cookiestore for signed_cookies,
// memstore for tests. Package auth tells who is logged in; a session alone does
// not.
//
// # Values
//
// [Get] decodes a value by the rules of encoding/json. What was not set goes
// back to Django as it was: big integers, 1.0, NaN, the order of names, lone
// surrogates. What was set is encoded when the session is saved, and an error
// then if it cannot be. As in Django, to change what a value holds inside is no
// change of the session: [Session.Set] it again. Serializers other than [JSON]
// are packages pickled and msgpacked.
//
// # Errors
//
// An unknown, expired or unreadable session is no error but an empty session,
// as in Django; the last is logged. A store that cannot be asked is an
// [ErrUnavailable], which [Error] answers with a 503: it never looks like a
// logout. A session that was deleted while the request ran is an
// [ErrInterrupted], a 400, and never brought back.
//
// # Who writes last
//
// As in Django the last to save wins with all of its session; [Options].Merge
// saves only what a request changed. A session that is merely prolonged keeps
// what others stored meanwhile.
//
// # Security considerations
//
// Whoever has a session's key has the session: it is never logged,
// [Fingerprint] stands for it. A key that a client made up is never that of a
// new session. Log users in with auth, or call [Session.CycleKey] yourself, so
// that a key which somebody planted is worth nothing. Sessions are signed, not
// secret, and those in caches are not even signed. On a site of Django 4.0 or
// later set [CodecOptions].RejectLegacy.
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
