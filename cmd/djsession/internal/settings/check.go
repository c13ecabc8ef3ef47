package settings

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
)

// checkSettings refuses values that no site has, of settings that are kept as
// text.
func checkSettings(values map[string]string) error {
	for i := range settingTable {
		s := &settingTable[i]
		if value := values[s.name]; s.kind == boolSetting && value != "" {
			if _, err := strconv.ParseBool(value); err != nil {
				return fail.Usagef("%s must be true or false, not %s", s.name, human.Quote(value))
			}
		}
	}
	for _, name := range []string{"session_cookie_samesite", "csrf_cookie_samesite"} {
		if err := checkOneOf(values, name, "Lax", "Strict", "None", NoValue); err != nil {
			return err
		}
	}
	if err := checkOneOf(values, "session_auth_hash", "django", "none"); err != nil {
		return err
	}
	for _, name := range Lines(values["unsupported"]) {
		if UnsupportedNamed(name) == nil {
			return fail.Hint(
				fail.Usagef("unsupported: there is no %s", human.Quote(name)),
				"these are known: "+strings.Join(unsupportedNames(), ", "),
			)
		}
	}
	return nil
}

// NoValue is for what Django would call None or False, in a setting whose
// default is something else.
const NoValue = "-"

func checkOneOf(values map[string]string, name string, known ...string) error {
	if value := values[name]; value != "" && !slices.Contains(known, value) {
		return fail.Usagef("%s must be %s, not %s", name, strings.Join(known, " or "), human.Quote(value))
	}
	return nil
}

// Flag is a setting that is true or false.
func (s *Site) Flag(name string, standard bool) bool {
	if value, err := strconv.ParseBool(s.Values[name]); err == nil {
		return value
	}
	return standard
}

// decodeKey reads a secret key in base64.
func decodeKey(setting, text string) (string, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) == 0 {
		return "", fail.Usagef("%s is not base64", setting)
	}
	return string(key), nil
}
