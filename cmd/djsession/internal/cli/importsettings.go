package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/cobra"
)

func (a *app) settingsImportCommand() *cobra.Command {
	var managePy, python, output string
	var force bool
	cmd := &cobra.Command{
		Use:   "import --manage-py PATH",
		Short: "Ask a Django project for its settings, and write " + configName,
		Long: `Import runs the project's own Python, as manage.py shell does, asks it for what its sessions and users are, and writes that to
` + configName + `, which every command reads from the folder where it runs. Nothing else is touched, and no database is asked.

The file holds the SECRET_KEY and the database's password: only its owner can read it, and it should not be committed. With
--output - it is printed.`,
		Example: `  djsession settings import --manage-py site/manage.py
  djsession settings import --manage-py site/manage.py --output -`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if managePy == "" {
				return hint(usagef("which project?"), "--manage-py names its manage.py")
			}
			return a.importSettings(cmd.Context(), managePy, strings.Fields(python), output, force)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&managePy, "manage-py", "", "the `PATH` of the project's manage.py, or of its folder")
	flags.StringVar(&python, "python", "", "the project's Python, a `COMMAND` (default that of its virtual environment)")
	flags.StringVarP(&output, "output", "o", configName, "the `FILE` to write, or -")
	flags.BoolVar(&force, "force", false, "replace a file that is there")
	return cmd
}

func (a *app) importSettings(ctx context.Context, managePy string, python []string, output string, force bool) error {
	managePy, err := findManagePy(managePy)
	if err != nil {
		return err
	}
	found, err := askDjango(ctx, managePy, python)
	if err != nil {
		return err
	}
	values, notes := found.values(filepath.Dir(managePy))
	text, err := settingsFile(found, values)
	if err != nil {
		return err
	}
	for _, note := range notes {
		a.say("%s", note)
	}
	if output == "-" {
		_, err := a.stdout.Write(text)
		return err
	}
	if err := writePrivate(output, text, force); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return hint(fileError("write", err), "--force replaces it")
		}
		return fileError("write", err)
	}
	a.say("wrote %s: Django %s, %s", output, found.Django, found.Engine)
	return nil
}

// writePrivate writes a file that only its owner can read, all of it or nothing.
func writePrivate(path string, text []byte, force bool) error {
	if !force {
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		_, err = file.Write(text)
		return errors.Join(err, file.Close())
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // with mode 0600
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		os.Remove(file.Name())
	}
	return err
}

// settingsFile is the text of djsession.toml, in the order of the table of settings.
func settingsFile(found *djangoSettings, values map[string]any) ([]byte, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "# Settings of a Django %s project for djsession. 'djsession help settings' explains them.\n# This file holds secrets: do not commit it.\n\n", found.Django)
	for i := range settingTable {
		name := settingTable[i].name
		if value, ok := values[name]; ok {
			line, err := toml.Marshal(map[string]any{name: value})
			if err != nil {
				return nil, err
			}
			b.Write(line)
		}
	}
	return []byte(b.String()), nil
}

// values are the settings that differ from the defaults, and notes are for what cannot be one. Dir is the project's.
func (d *djangoSettings) values(dir string) (values map[string]any, notes []string) {
	values = map[string]any{"secret_key": d.SecretKey}
	if parts := strings.SplitN(d.Django, ".", 3); len(parts) > 1 {
		values["django_version"] = parts[0] + "." + parts[1]
	}
	set := func(name, value, standard string) {
		if value != "" && value != standard {
			values[name] = value
		}
	}
	if len(d.Fallbacks) > 0 {
		values["secret_key_fallbacks"] = d.Fallbacks
	}
	if slices.ContainsFunc(d.Fallbacks, func(key string) bool { return strings.ContainsAny(key, "\r\n") }) {
		notes = append(notes, "a line break in SECRET_KEY_FALLBACKS ends a key of djsession's: sessions that this one signed are not read")
	}
	if strings.HasSuffix(d.Engine, ".file") {
		values["store"] = "file:" + (&url.URL{Path: d.FilePath}).EscapedPath()
	}
	if d.Database != nil {
		store, note := d.Database.store(dir)
		set("store", store, "")
		if note != "" {
			notes = append(notes, note)
		}
	}
	set("table", d.Table, "django_session")
	set("session_engine", d.Engine, "django.contrib.sessions.backends.db")
	switch {
	case strings.HasSuffix(d.Serializer, ".PickleSerializer"):
		values["serializer"] = "pickle"
	case !strings.HasSuffix(d.Serializer, ".JSONSerializer"):
		notes = append(notes, "SESSION_SERIALIZER is "+d.Serializer+", which djsession does not know: it reads and writes JSON")
	}
	if d.writesLegacy() {
		values["layout"] = "legacy"
	}
	if d.Python == 2 {
		values["pickle_protocol"] = "2"
	}
	if d.Database != nil && d.Database.TimeZone != "" {
		values["time_zone"] = d.Database.TimeZone
	} else if !d.UseTZ {
		values["time_zone"] = d.TimeZone
	}
	set("session_cookie_name", d.CookieName, "sessionid")
	if d.CookieAge != 1209600 {
		values["session_cookie_age"] = d.CookieAge
	}
	if d.CustomKeys {
		values["session_keys"] = "custom"
	}
	set("session_store_name", d.StoreName, "SessionStore")
	if standard := "django.contrib.sessions." + d.StoreQualname; d.Salt != standard || d.StoreQualname != d.StoreName {
		set("session_salt", d.Salt, "")
	}
	notes = append(notes, d.users(dir, values, set)...)
	notes = append(notes, d.caches(dir, values)...)
	if store, ok := values["store"].(string); ok && sessionApps[d.Table] != "" {
		values["store"] = withParams(store, url.Values{"app": {sessionApps[d.Table]}})
	}
	return values, notes
}

// writesLegacy reports whether this Django writes the legacy layout.
func (d *djangoSettings) writesLegacy() bool {
	var major, minor int
	fmt.Sscanf(d.Django, "%d.%d", &major, &minor)
	return major < 3 || major == 3 && minor == 0 || d.Hashing == "sha1"
}

// users are the settings of the user model.
func (d *djangoSettings) users(dir string, values map[string]any, set func(name, value, standard string)) (notes []string) {
	u := &d.Users
	if u.Table == "" {
		return nil // a site without users
	}
	set("users_table", u.Table, "auth_user")
	switch kind := u.PK; {
	case kind == "UUIDField":
		values["users_pk"] = "uuid"
	case !strings.HasSuffix(kind, "AutoField") && !strings.HasSuffix(kind, "IntegerField"):
		values["users_pk"] = "text"
	}
	var columns []string
	for _, field := range userFields {
		column := u.Columns[field]
		switch field {
		case "id":
			column = u.PKColumn
		case "username":
			column = u.Columns[u.Username]
		}
		if column != field {
			columns = append(columns, field+"="+cmp.Or(column, "-"))
		}
	}
	if len(columns) > 0 {
		values["users_columns"] = columns
	}
	if !slices.Equal(d.Backends, []string{"django.contrib.auth.backends.ModelBackend"}) {
		values["authentication_backends"] = d.Backends
	}
	if u.Database != nil {
		store, note := u.Database.store(dir)
		if store != values["store"] {
			set("users_store", store, "")
			if note != "" {
				notes = append(notes, note)
			}
		}
	}
	return notes
}
