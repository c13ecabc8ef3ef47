package cli

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// checkSettings refuses values that no site has, of settings that are kept as
// text.
func checkSettings(values map[string]string) error {
	for i := range settingTable {
		s := &settingTable[i]
		if value := values[s.name]; s.kind == boolSetting && value != "" {
			if _, err := strconv.ParseBool(value); err != nil {
				return usagef("%s must be true or false, not %s", s.name, quote(value))
			}
		}
	}
	for _, name := range []string{"session_cookie_samesite", "csrf_cookie_samesite"} {
		if err := checkOneOf(values, name, "Lax", "Strict", "None", noValue); err != nil {
			return err
		}
	}
	if err := checkOneOf(values, "session_auth_hash", "django", "none"); err != nil {
		return err
	}
	for _, name := range splitLines(values["unsupported"]) {
		if unsupportedNamed(name) == nil {
			return hint(
				usagef("unsupported: there is no %s", quote(name)),
				"these are known: "+strings.Join(unsupportedNames(), ", "),
			)
		}
	}
	return nil
}

// noValue is for what Django would call None or False, in a setting whose
// default is something else.
const noValue = "-"

func checkOneOf(values map[string]string, name string, known ...string) error {
	if value := values[name]; value != "" && !slices.Contains(known, value) {
		return usagef("%s must be %s, not %s", name, strings.Join(known, " or "), quote(value))
	}
	return nil
}

// flag is a setting that is true or false.
func (s *site) flag(name string, standard bool) bool {
	if value, err := strconv.ParseBool(s.values[name]); err == nil {
		return value
	}
	return standard
}

// decodeKey reads a secret key in base64.
func decodeKey(setting, text string) (string, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) == 0 {
		return "", usagef("%s is not base64", setting)
	}
	return string(key), nil
}
