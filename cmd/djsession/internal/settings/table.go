package settings

import (
	"fmt"
	"strings"

	"github.com/djsession/djsession-go/djsession/djsite"
)

// A setting is something to know of a site. The table of package djsite makes
// the flags, the reading of environment and file, and the help topic.
type setting struct{ djsite.Setting }

var settingTable = func() (all []setting) {
	for _, s := range djsite.Settings() {
		all = append(all, setting{s})
	}
	return all
}()

// UserFields are the fields of a user model that users_columns can name.
var UserFields = []string{"id", "username", "password", "last_login", "is_superuser", "is_staff", "is_active", "email", "first_name", "last_name", "date_joined"}

func (s *setting) flag() string { return strings.ReplaceAll(s.Name, "_", "-") }

// shownFlags are in the help of every command. The others are for few sites,
// which have them in djsession.toml.
var shownFlags = map[string]bool{"store": true, "table": true, "secret_key_file": true, "secret_key_fallbacks_file": true, "time_zone": true, "serializer": true}

// FileName is the name of the file with a site's settings.
const FileName = "djsession.toml"

// cacheSetting is the one that says something when it is empty.
const cacheSetting = "cache"

// Names are the names of all settings, in the order of the table.
func Names() []string {
	names := make([]string, len(settingTable))
	for i := range settingTable {
		names[i] = settingTable[i].Name
	}
	return names
}

// Help is the documentation of all settings.
func Help() string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %-26s %-33s %s\n\n", "IN "+strings.ToUpper(FileName), "FLAG", "ENVIRONMENT")
	for i := range settingTable {
		s := &settingTable[i]
		value := strings.Split(s.Usage, "`")
		flag := ""
		if s.Kind != djsite.SecretSetting {
			flag = "--" + s.flag() + " " + value[1]
		}
		fmt.Fprintf(&b, "  %-26s %-33s %s\n", s.Name, flag, s.Env)
		fmt.Fprintf(&b, "      %s\n", strings.ReplaceAll(s.Usage, "`", ""))
	}
	return b.String()
}
