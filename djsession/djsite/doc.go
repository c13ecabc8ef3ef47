// Package djsite describes a Django project in one place, and makes from it
// what a Go service needs: sessions, users and logins that agree with the
// project's, and with each other.
//
//	site, err := djsite.Load("djsession.toml")
//	app, err := site.Open(djsite.Connections{DB: map[string]*sql.DB{"default": db}}, nil)
//	http.ListenAndServe("localhost:8080", app.Handler(mux))
//
// 'djsession settings import --manage-py site/manage.py' writes the file. It is
// a list of names and values; 'djsession help settings' shows all of them. A
// [Site] can be filled in by hand too, one field for one setting of Django, or
// be read from the environment by [FromEnv].
//
// # What follows from a Site
//
// [Site.Open] makes an [App] of it, over connections that the program has
// opened: databases by their alias in DATABASES, with any driver, and caches by
// their alias in CACHES, through adapters such as package rediscache's. This
// package imports neither a driver nor a client. [Options] holds what a site
// does not describe, such as a logger or password hashers.
//
// Each piece can be made alone too: [Site.Codec], [Site.CodecOptions],
// [Site.SessionOptions], [Site.TableOptions], [Site.CacheOptions],
// [Site.FileOptions], [Site.CookieOptions], [Site.CSRFOptions],
// [Site.MessageOptions], [Site.UserOptions] and [Site.AuthOptions] are for the
// constructors of their packages.
//
// The version of Django decides how all is signed: in the legacy layout with
// SHA-1 up to 3.0, and from 4.0 on the legacy layout is rejected, as by Django
// itself. Between them, and where the version is not known, both are read.
//
// # Settings that contradict each other
//
// [Site.Validate], which [Load], [FromEnv] and [Site.Open] call, names each
// contradiction and its settings. Code of the project's own that Go cannot run
// is in Site.Unsupported: Open refuses the site until the program deals with
// it.
//
// # Rotation of keys
//
// [App.Reload] takes new keys without a restart. A request goes on with the
// keys with which it began, so ask for [App.Sessions] and [App.Logins] with
// the request's context, and keep neither. What is made of them keeps them: a
// djsession.Watcher, a forwardauth.Handler or a messages.Messages knows the old
// keys alone, so after a Reload make another, and close the Watcher.
//
// # Limits
//
// A Site has one SESSION_ENGINE, and describes only the caches of sessions.
// Passwords are checked if Options.Logins sets Passwords:
// hashers.New(hashers.ForDjango(site.Django())).
//
// A Site read from a file does not know TIME_ZONE under USE_TZ = True. Nothing
// here needs it, but package tokens does: set its Options.TimeZone to the
// site's TIME_ZONE, unless that is UTC.
//
// Django: django.conf.settings.
package djsite
