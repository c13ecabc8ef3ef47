package project

import (
	"net/url"
	"slices"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
)

// sessionApps are the tables that an app fills in itself, by the engine's
// package.
var sessionApps = map[string]string{"user_sessions": "user_sessions_session", "qsessions": "qsessions_session"}

// store is where the sessions are: a table, files, a cache, Redis, or nowhere
// that djsession reaches.
func (m *Result) store() {
	d := m.Found
	m.engine()
	switch settings.EngineOf(m.engineName()) {
	case settings.FilesEngine:
		m.Values["store"] = "file:" + (&url.URL{Path: pathIn(m.dir, d.FilePath)}).EscapedPath()
	case settings.CookieEngine:
		m.note(
			"the sessions of this site are in the cookies of its users: a store needs no place, and nothing can be listed or ended; 'djsession decode' and 'djsession whoami' read a cookie",
		)
	case settings.RedisEngine:
		store, notes := d.RedisSessions.store()
		m.set("store", store, "")
		m.Notes = append(m.Notes, notes...)
	}
	if d.Database != nil {
		store, notes := d.Database.store(m.dir)
		m.set("store", store, "")
		m.Notes = append(m.Notes, notes...)
		if d.Database.inMemory() {
			m.lacks("session_cache")
		}
	}
	known, others := settings.Followable(d.References)
	if len(known) > 0 {
		m.Values["session_references"] = known
	}
	if len(others) > 0 {
		m.lacks("session_references", others...)
	}
	m.caches()
	app, _, _ := strings.Cut(m.engineName(), ".")
	standard := "django_session"
	if sessionApps[app] != "" {
		standard = sessionApps[app]
		if store, ok := m.Values["store"].(string); ok {
			m.Values["store"] = withParams(store, url.Values{"app": {app}})
		}
	}
	if d.Table != standard {
		m.set("table", settings.NameOfTable(d.Table), "")
	}
}

// engineName is the engine that djsession knows: for a SessionStore of the
// site's own, the one that it is made from.
func (m *Result) engineName() string {
	if settings.EngineOf(m.Found.Engine) == settings.AnyEngine && m.Found.Extends != "" {
		return m.Found.Extends
	}
	return m.Found.Engine
}

// ownMethods are what it means that a SessionStore overrides methods.
var ownMethods = []struct {
	name    string // in the table of what is not supported
	methods []string
}{
	{"session_encoding", []string{"encode", "decode"}},
	{"session_store", []string{"load", "save", "create", "exists", "delete"}},
	{"session_columns", []string{"create_model_instance"}},
	{"session_expiry", []string{"get_expiry_age", "get_expiry_date", "get_session_cookie_age"}},
}

// engine is SESSION_ENGINE, and what its SessionStore does in its own way.
func (m *Result) engine() {
	d := m.Found
	m.set("session_engine", m.engineName(), "django.contrib.sessions.backends.db")
	for _, own := range ownMethods {
		var found []string
		for _, method := range own.methods {
			if slices.Contains(d.OwnMethods, method) {
				found = append(found, method)
			}
		}
		if len(found) > 0 {
			m.lacks(own.name, d.Engine+": "+strings.Join(found, ", "))
		}
	}
	if d.CustomKeys {
		m.Values["session_keys"] = "custom"
	}
	m.set("session_store_name", d.StoreName, "SessionStore")
	if standard := "django.contrib.sessions." + d.StoreQualname; d.Salt != standard || d.StoreQualname != d.StoreName {
		m.set("session_salt", d.Salt, "")
	}
}
