package djsite

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Values are settings by name, as text: what a file, the environment, or flags
// of a program say. A list has an item a line.
type Values map[string]string

// ReadValues reads a file such as djsession.toml. Relative paths in it count
// from its directory. An error names the file and the setting, and shows no
// value that may be secret.
func ReadValues(path string) (Values, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fileError("read the settings", err)
	}
	var file map[string]any
	if err := toml.Unmarshal(text, &file); err != nil {
		return nil, tomlError(path, err)
	}
	values := make(Values)
	for name, value := range file {
		if err := values.take(name, value, filepath.Dir(path)); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return values, nil
}

// ReadEnv reads the environment, by a function such as [os.LookupEnv].
func ReadEnv(lookup func(name string) (string, bool)) Values {
	values := make(Values)
	for i := range settingTable {
		s := &settingTable[i]
		// An empty cache switches off the one of weaker settings. Others that
		// are empty say nothing.
		if v, ok := lookup(s.Env); ok && (v != "" || s.Name == cacheSetting) {
			values[s.Name] = v
		}
	}
	return values
}

const cacheSetting = "cache"

// tomlError says where a file is not TOML without showing the line, which may
// hold a secret.
func tomlError(path string, err error) error {
	if at, ok := err.(*toml.DecodeError); ok {
		row, _ := at.Position()
		return fmt.Errorf("%s, line %d, is not TOML", path, row)
	}
	return fmt.Errorf("%s is not TOML", path)
}

// take puts a value of a file where those of the environment go, as text.
func (v Values) take(name string, value any, dir string) error {
	i := slices.IndexFunc(settingTable, func(s Setting) bool { return s.Name == name })
	if i < 0 {
		return &SettingError{
			Setting: name, Problem: "there is no such setting", Hint: "'djsession help settings' lists them",
		}
	}
	text := ""
	switch value := value.(type) {
	case string:
		text = value
	case int64, bool:
		text = fmt.Sprint(value)
	case []any:
		var lines []string
		for _, item := range value {
			line, ok := item.(string)
			if !ok {
				return &SettingError{Setting: name, Problem: "it must be a list of strings"}
			}
			lines = append(lines, line)
		}
		text = strings.Join(lines, "\n")
	default:
		return &SettingError{Setting: name, Problem: "it must be a string"}
	}
	switch kind := settingTable[i].Kind; {
	case text == "":
	case kind == StoreSetting:
		text = placeIn(dir, text)
	case kind == PathSetting && !filepath.IsAbs(text):
		text = filepath.Join(dir, text)
	}
	v[name] = text
	return nil
}

// placeIn is a place whose path counts from a directory.
func placeIn(dir, text string) string {
	if isPath(text) {
		if filepath.IsAbs(text) {
			return text
		}
		return filepath.Join(dir, text)
	}
	p, ok := parsePlace(text)
	if !ok || p.kind != sqlitePlace && p.kind != fileCachePlace && p.kind != filesPlace {
		return text // if it is not a place, opening it fails
	}
	path, ok := p.path()
	if !ok || filepath.IsAbs(path) {
		return text
	}
	scheme, _, _ := strings.Cut(text, ":")
	moved := scheme + ":" + url.PathEscape(filepath.Join(dir, path))
	if _, query, found := strings.Cut(text, "?"); found {
		moved += "?" + query
	}
	return moved
}

// Override puts stronger values over weaker ones. A key, the file of a key and
// a key in base64 are three ways of saying one thing. The cache belongs to the
// store: Override reports whether it left out a cache because another store
// replaced its own.
func (v Values) Override(stronger Values) (cacheLeft bool) {
	for _, name := range []string{"secret_key", "secret_key_fallbacks"} {
		forms := []string{name, name + "_file", name + "_base64"}
		if slices.ContainsFunc(forms, func(form string) bool { return stronger[form] != "" }) {
			for _, form := range forms {
				delete(v, form)
			}
		}
	}
	store, before := stronger["store"], v["store"]
	_, named := stronger[cacheSetting]
	if !named && v[cacheSetting] != "" && store != "" && before != "" && !samePlace(store, before) {
		delete(v, cacheSetting)
		cacheLeft = true
	}
	for name, value := range stronger {
		v[name] = value
	}
	return cacheLeft
}

// samePlace reports whether two names are those of one place, as far as names
// tell.
func samePlace(a, b string) bool {
	if !isPath(a) || !isPath(b) {
		return a == b
	}
	one, errOne := filepath.Abs(a)
	other, errOther := filepath.Abs(b)
	return errOne == nil && errOther == nil && one == other
}

// list returns the lines of a setting.
func (v Values) list(name string) (lines []string) {
	for line := range strings.Lines(v[name]) {
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
