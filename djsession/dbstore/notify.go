package dbstore

import (
	"strings"

	"github.com/djsession/djsession-go/djsession/internal/sqldb"
)

// NotifyOptions is what [NotifyTrigger] watches. Nil and the zero value are
// Django's tables.
type NotifyOptions struct {
	// Channel is the name that is listened to. Default: "djsession".
	Channel string

	// Schema is where the tables are, if the connection would not find them.
	Schema string

	// Table is the table of sessions. Default: "django_session".
	Table string

	// UsersTable is the user model's table, "-" for none, and UserColumns are
	// those whose change may end a login. Default: "auth_user", "password" and
	// "is_active".
	UsersTable  string
	UserColumns []string
}

// NotifyTrigger returns statements for PostgreSQL, 11 or later, that make
// triggers, and those that remove them. With the triggers PostgreSQL notifies
// the channel when a session that has not expired is deleted or gets another
// key: the payload is the session's fingerprint, as djsession.Notifications
// has it, so that listeners learn no key. When a user is deleted, or one of the
// columns changes, the payload is empty. Sessions that clearsessions deletes
// notify no one.
//
// Making a trigger locks the table for a moment. With a connection of pgx:
//
//	_, err := conn.Exec(ctx, "LISTEN djsession")
//	n, err := conn.WaitForNotification(ctx) // n.Payload is the fingerprint
func NotifyTrigger(opts *NotifyOptions) (create, remove string) {
	o := NotifyOptions{}
	if opts != nil {
		o = *opts
	}
	for name, standard := range map[*string]string{&o.Channel: "djsession", &o.Table: "django_session", &o.UsersTable: "auth_user"} {
		if *name == "" {
			*name = standard
		}
	}
	if len(o.UserColumns) == 0 {
		o.UserColumns = []string{"password", "is_active"}
	}
	quote, channel := sqldb.PostgreSQL.Quote, "'"+strings.ReplaceAll(o.Channel, "'", "''")+"'"
	trigger := func(table, name, on, when, payload string) {
		table = sqldb.Table(sqldb.PostgreSQL, o.Schema, table)
		function := "djsession_" + name
		if o.Schema != "" {
			function = quote(o.Schema) + "." + function
		}
		undo := "DROP TRIGGER IF EXISTS djsession_" + name + " ON " + table + ";\n"
		create += "CREATE OR REPLACE FUNCTION " + function + "() RETURNS trigger LANGUAGE plpgsql AS $djsession$\n" +
			"BEGIN\n  PERFORM pg_notify(" + channel + ", " + payload + ");\n  RETURN NULL;\nEND\n$djsession$;\n" + undo +
			"CREATE TRIGGER djsession_" + name + " AFTER " + on + " ON " + table + "\n  FOR EACH ROW WHEN (" + when + ") EXECUTE FUNCTION " + function + "();\n"
		remove += undo + "DROP FUNCTION IF EXISTS " + function + "();\n"
	}
	const fingerprint = "left(encode(sha256(convert_to(OLD.session_key, 'UTF8')), 'hex'), 8)"
	trigger(o.Table, "session_deleted", "DELETE", "OLD.expire_date > now()", fingerprint)
	trigger(o.Table, "session_moved", "UPDATE OF session_key", "OLD.session_key <> NEW.session_key", fingerprint)
	if o.UsersTable == "-" {
		return create, remove
	}
	var columns, changed []string
	for _, name := range o.UserColumns {
		name = quote(name)
		columns = append(columns, name)
		changed = append(changed, "OLD."+name+" IS DISTINCT FROM NEW."+name)
	}
	trigger(o.UsersTable, "user_deleted", "DELETE", "true", "''")
	trigger(o.UsersTable, "user_changed", "UPDATE OF "+strings.Join(columns, ", "), strings.Join(changed, " OR "), "''")
	return create, remove
}
