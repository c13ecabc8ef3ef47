package djsite

var unsupportedTable = []Unsupported{
	{
		Name: "session_auth_hash", Decides: true,
		Found:  "the user model overrides get_session_auth_hash: the hash in a login is not Django's",
		Effect: "djsession can neither check a login nor make one, and a Go service takes every user for logged out",
		Advice: "give auth.Options in Go what it is made of: HashSalt, HashInput and Algorithm, or SessionHash",
	},
	{
		Name: "is_active", Decides: true,
		Found:  "is_active of the user model is not a column, or not a boolean one",
		Effect: "djsession takes every user for active",
		Advice: "if SQL can say it, write it into users_active_where and take is_active out of " +
			"unsupported; in Go that is ActiveWhere of dbusers.Options, or Accept of auth.Options",
	},
	{
		Name: "users_manager", Decides: true,
		Found:  "the default manager of the user model leaves out users, by a condition that cannot be written down here",
		Effect: "users whom the site no longer finds are logged in for djsession and for a Go service",
		Advice: "if SQL can say it, write it into users_where and take users_manager out of " +
			"unsupported; in Go that is Where of dbusers.Options, or Accept of auth.Options",
	},
	{
		Name: "get_user", Decides: true,
		Found:  "an authentication backend finds users in its own way (get_user, user_can_authenticate)",
		Effect: "djsession takes its logins as ModelBackend would: the user must be there, and be active",
		Advice: "read its get_user: if it lets inactive users in, name it in inactive_backends; if " +
			"it asks more, ask the same in Go, with Accept of auth.Options",
	},
	{
		Name: "user_ids", Decides: true,
		Found:  "the primary key of the user model is not in the session as it is in the database",
		Effect: "users are not found, or other ones than Django finds",
		Advice: "give auth.New a UserFinder of this site",
	},
	{
		Name: "user_columns", Decides: true,
		Found:  "a field of the user model converts what its column holds (password, is_active or the user name)",
		Effect: "djsession reads what is stored, which may be encrypted",
		Advice: "give auth.New a UserFinder of this site",
	},
	{
		Name: "authentication_middleware", Decides: true,
		Found:  "the AuthenticationMiddleware is the site's own",
		Effect: "request.user may be another one than the session's, or anonymous",
		Advice: "read its process_request, and do the same behind auth.Handler",
	},
	{
		Name:   "password_logins",
		Found:  "an app of the site asks for more than a password at a login, or locks out those who guess one",
		Effect: "a Go service that logs users in by password alone would bypass it",
		Advice: "give auth.Options in Go its name, as Guards: Authenticate then refuses, and users log in on the site's " +
			"own page",
	},
	{
		Name:   "session_middleware",
		Found:  "the SessionMiddleware is the site's own",
		Effect: "the name of the cookie, or who gets one, may be other than the settings say",
		Advice: "look at the site's cookies: 'djsession doctor --url' compares them with the settings",
	},
	{
		Name: "session_encoding", Closes: true,
		Found:  "the SessionStore overrides encode or decode: what is stored is not Django's",
		Effect: "djsession can read no session, and Django reads none of its",
		Advice: "a Go service needs a djsession.Serializer or Store of this site",
	},
	{
		Name: "session_cache", Closes: true,
		Found: "the sessions are in the memory of the site's own processes (LocMemCache, a database " +
			"in memory), or nowhere (DummyCache)",
		Effect: "they cannot be shared: no other program can read them, not even another process of the site",
		Advice: "set SESSION_ENGINE to db, or CACHES to a server such as Redis",
	},
	{
		Name:   "session_store",
		Found:  "the SessionStore overrides how sessions are loaded, saved or deleted",
		Effect: "what it does in addition, such as a second place to write to, is not done by djsession",
		Advice: "read it: what happens at a save or a logout must happen in Go too",
	},
	{
		Name:   "session_columns",
		Found:  "the SessionStore fills columns of its own (create_model_instance)",
		Effect: "djsession leaves them as they are, and can create no session if one must be filled",
		Advice: "give dbstore.Options.Columns a value for each in Go",
	},
	{
		Name:  "session_references",
		Found: "models have foreign keys to that of sessions whose on_delete takes Python",
		Effect: "Django deletes or changes their rows with a session; without that the database " +
			"refuses to delete one, or its rows stay",
		Advice: "give dbstore.Options in Go each with its on_delete, as References",
	},
	{
		Name:   "session_expiry",
		Found:  "the SessionStore decides itself when sessions expire",
		Effect: "a session that djsession creates lives as long as session_cookie_age says",
		Advice: "compare with the site: 'djsession create --in' says how long one lives",
	},
}
