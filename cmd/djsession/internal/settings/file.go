package settings

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"slices"

	"github.com/djsession/djsession-go/djsession/djsite"
)

// readConfig reads djsession.toml, if there is one.
func (from *Source) readConfig() (djsite.Values, error) {
	path := from.config
	if path == "" {
		path, _ = from.LookupEnv("DJSESSION_CONFIG")
	}
	named := path != ""
	if !named {
		path = FileName
	}
	values, err := djsite.ReadValues(path)
	if !named && errors.Is(err, fs.ErrNotExist) {
		return make(djsite.Values), nil
	}
	if err != nil {
		return nil, fileProblem(path, err)
	}
	if slices.ContainsFunc(settingTable, func(s setting) bool { return s.Kind == djsite.SecretSetting && values[s.Name] != "" }) {
		from.warnReadable(path)
	}
	return values, nil
}

// warnReadable says that others can read a file of secrets.
func (from *Source) warnReadable(path string) {
	info, err := os.Stat(path)
	if err == nil && runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		from.Say("%s holds secrets, and not its owner alone can read it: chmod 600 %[1]s", path)
	}
}
