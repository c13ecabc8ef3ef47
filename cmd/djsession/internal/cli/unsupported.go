package cli

import (
	"fmt"
	"slices"
	"strings"
)

// An unsupported is something that a site does in code of its own, which
// djsession cannot run. The table below is what settings import says of it,
// what doctor says, and the help topic.
type unsupported struct {
	name   string // in the setting
	found  string // in a sentence
	effect string // for djsession and for a Go service
	advice string

	decides bool // it has a say in who is logged in: whoami does not know without it
	closes  bool // no session of the site can be read or written
}

const ownHash = "session_auth_hash"

var unsupportedTable = []unsupported{
	{
		name: ownHash, decides: true,
		found:  "the user model overrides get_session_auth_hash: the hash in a login is not Django's",
		effect: "djsession can neither check a login nor make one, and a Go service takes every user for logged out",
		advice: "give auth.Options in Go what it is made of: HashSalt, HashInput and Algorithm, or SessionHash",
	},
	{
		name: "is_active", decides: true,
		found:  "is_active of the user model is not a column, or not a boolean one",
		effect: "djsession takes every user for active",
		advice: "if SQL can say it, write it into users_active_where and take is_active out of unsupported; in Go that is ActiveWhere of dbusers.Options, or Accept of auth.Options",
	},
	{
		name: "users_manager", decides: true,
		found:  "the default manager of the user model leaves out users, by a condition that cannot be written down here",
		effect: "users whom the site no longer finds are logged in for djsession and for a Go service",
		advice: "if SQL can say it, write it into users_where and take users_manager out of unsupported; in Go that is Where of dbusers.Options, or Accept of auth.Options",
	},
	{
		name: "get_user", decides: true,
		found:  "an authentication backend finds users in its own way (get_user, user_can_authenticate)",
		effect: "djsession takes its logins as ModelBackend would: the user must be there, and be active",
		advice: "read its get_user: if it lets inactive users in, name it in inactive_backends; if it asks more, ask the same in Go, with Accept of auth.Options",
	},
	{
		name: "user_ids", decides: true,
		found:  "the primary key of the user model is not in the session as it is in the database",
		effect: "users are not found, or other ones than Django finds",
		advice: "give auth.New a UserFinder of this site",
	},
	{
		name: "user_columns", decides: true,
		found:  "a field of the user model converts what its column holds (password, is_active or the user name)",
		effect: "djsession reads what is stored, which may be encrypted",
		advice: "give auth.New a UserFinder of this site",
	},
	{
		name: "authentication_middleware", decides: true,
		found:  "the AuthenticationMiddleware is the site's own",
		effect: "request.user may be another one than the session's, or anonymous",
		advice: "read its process_request, and do the same behind auth.Handler",
	},
	{
		name:   "session_middleware",
		found:  "the SessionMiddleware is the site's own",
		effect: "the name of the cookie, or who gets one, may be other than the settings say",
		advice: "look at the site's cookies: 'djsession doctor --url' compares them with the settings",
	},
	{
		name: "session_encoding", closes: true,
		found:  "the SessionStore overrides encode or decode: what is stored is not Django's",
		effect: "djsession can read no session, and Django reads none of its",
		advice: "a Go service needs a djsession.Serializer or Store of this site",
	},
	{
		name: "session_cache", closes: true,
		found:  "the sessions are in the memory of the site's own processes (LocMemCache, a database in memory), or nowhere (DummyCache)",
		effect: "they cannot be shared: no other program can read them, not even another process of the site",
		advice: "set SESSION_ENGINE to db, or CACHES to a server such as Redis",
	},
	{
		name:   "session_store",
		found:  "the SessionStore overrides how sessions are loaded, saved or deleted",
		effect: "what it does in addition, such as a second place to write to, is not done by djsession",
		advice: "read it: what happens at a save or a logout must happen in Go too",
	},
	{
		name:   "session_columns",
		found:  "the SessionStore fills columns of its own (create_model_instance)",
		effect: "djsession leaves them as they are, and can create no session if one must be filled",
		advice: "give dbstore.Options.Columns a value for each in Go",
	},
	{
		name:   "session_references",
		found:  "models have foreign keys to that of sessions whose on_delete takes Python",
		effect: "Django deletes or changes their rows with a session; without that the database refuses to delete one, or its rows stay",
		advice: "give dbstore.Options in Go each with its on_delete, as References",
	},
	{
		name:   "session_expiry",
		found:  "the SessionStore decides itself when sessions expire",
		effect: "a session that djsession creates lives as long as session_cookie_age says",
		advice: "compare with the site: 'djsession create --in' says how long one lives",
	},
}

func unsupportedNamed(name string) *unsupported {
	for i := range unsupportedTable {
		if unsupportedTable[i].name == name {
			return &unsupportedTable[i]
		}
	}
	return nil
}

func unsupportedNames() (names []string) {
	for i := range unsupportedTable {
		names = append(names, unsupportedTable[i].name)
	}
	return names
}

// unsupported are those of the site, in the order of the table.
func (s *site) unsupported() (found []*unsupported) {
	names := splitLines(s.values["unsupported"])
	for i := range unsupportedTable {
		if slices.Contains(names, unsupportedTable[i].name) {
			found = append(found, &unsupportedTable[i])
		}
	}
	return found
}

// lacks reports whether the site does something in its own way.
func (s *site) lacks(name string) bool {
	return slices.Contains(splitLines(s.values["unsupported"]), name)
}

// unsupportedHelp is the part of the help on settings.
func unsupportedHelp() string {
	var b strings.Builder
	for i := range unsupportedTable {
		u := &unsupportedTable[i]
		fmt.Fprintf(&b, "  %s\n      %s:\n      %s\n", u.name, u.found, u.effect)
	}
	return b.String()
}
