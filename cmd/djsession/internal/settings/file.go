package settings

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/storeurl"
)

// readConfig reads djsession.toml, if there is one.
func (from *Source) readConfig(values map[string]string) error {
	path := from.config
	if path == "" {
		path, _ = from.LookupEnv("DJSESSION_CONFIG")
	}
	named := path != ""
	if !named {
		path = FileName
	}
	text, err := os.ReadFile(path)
	if err != nil {
		if !named && os.IsNotExist(err) {
			return nil
		}
		return fail.File("read the settings", err)
	}
	var file map[string]any
	if err := toml.Unmarshal(text, &file); err != nil {
		return tomlError(path, err)
	}
	for i := range settingTable {
		if settingTable[i].kind == secretSetting && file[settingTable[i].name] != nil {
			from.warnReadable(path)
			break
		}
	}
	for name, value := range file {
		if err := takeValue(values, name, value, filepath.Dir(path)); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

// warnReadable says that others can read a file of secrets.
func (from *Source) warnReadable(path string) {
	info, err := os.Stat(path)
	if err == nil && runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		from.Say("%s holds secrets, and not its owner alone can read it: chmod 600 %[1]s", path)
	}
}

// tomlError says where a file is not TOML without showing the line, which may
// hold a secret.
func tomlError(path string, err error) error {
	if at, ok := err.(*toml.DecodeError); ok {
		row, _ := at.Position()
		return fmt.Errorf("%s, line %d, is not TOML", path, row)
	}
	return fmt.Errorf("%s is not TOML", path)
}

// takeValue puts a value of the file where those of the environment and the
// flags go, as a text.
func takeValue(values map[string]string, name string, value any, dir string) error {
	var known *setting
	for i := range settingTable {
		if settingTable[i].name == name {
			known = &settingTable[i]
		}
	}
	if known == nil {
		return fail.Hint(fmt.Errorf("no such setting: %s", name), "'djsession help settings' lists them")
	}
	text := ""
	switch v := value.(type) {
	case string:
		text = v
	case int64, bool:
		text = fmt.Sprint(v)
	case []any:
		var lines []string
		for _, item := range v {
			line, ok := item.(string)
			if !ok {
				return fmt.Errorf("%s must be a list of strings", name)
			}
			lines = append(lines, line)
		}
		text = strings.Join(lines, "\n")
	default:
		return fmt.Errorf("%s must be a string", name)
	}
	switch {
	case text == "":
	case known.kind == storeSetting:
		text = storeurl.In(dir, text)
	case known.kind == pathSetting && !filepath.IsAbs(text):
		text = filepath.Join(dir, text)
	}
	values[name] = text
	return nil
}
