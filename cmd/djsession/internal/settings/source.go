package settings

import (
	"time"

	"github.com/spf13/pflag"

	"github.com/djsession/djsession-go/djsession/djsite"
)

// A Source is where settings come from: flags, environment and file.
type Source struct {
	LookupEnv func(name string) (string, bool)
	Now       func() time.Time
	Say       func(format string, args ...any) // what fails and is survived

	flags    map[string]*string // by their names
	given    func(flag string) bool
	config   string // --config
	resolved *Site
}

// AddFlags adds the flags of all settings, and --config.
func (from *Source) AddFlags(flags *pflag.FlagSet) {
	from.given, from.flags = flags.Changed, make(map[string]*string)
	for i := range settingTable {
		s := &settingTable[i]
		if s.Kind == djsite.SecretSetting {
			continue
		}
		from.flags[s.flag()] = flags.String(s.flag(), "", s.Usage)
		if !shownFlags[s.Name] {
			_ = flags.MarkHidden(s.flag()) // it is there: it was just made
		}
	}
	flags.StringVar(&from.config, "config", "", "the `FILE` with the site's settings (default djsession.toml, if it is there)")
}

// Site is read once: the settings of the file are weaker than those of the
// environment, and those than the flags.
func (from *Source) Site() (*Site, error) {
	if from.resolved != nil {
		return from.resolved, nil
	}
	values, err := from.readConfig()
	if err != nil {
		return nil, err
	}
	fromFlags := make(djsite.Values)
	for i := range settingTable {
		s := &settingTable[i]
		if v := from.flags[s.flag()]; v != nil && (*v != "" || s.Name == cacheSetting && from.given(s.flag())) {
			fromFlags[s.Name] = *v
		}
	}
	cacheLeft := values.Override(djsite.ReadEnv(from.LookupEnv))
	cacheLeft = values.Override(fromFlags) || cacheLeft && values[cacheSetting] == ""
	site, err := New(values)
	if err != nil {
		return nil, err
	}
	site.Now, site.Say, site.CacheLeft = from.Now, from.Say, cacheLeft
	from.resolved = site
	return site, nil
}
