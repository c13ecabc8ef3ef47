package settings

import (
	"slices"
	"time"

	"github.com/spf13/pflag"

	"github.com/djsession/djsession-go/cmd/djsession/internal/storeurl"
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
		if s.kind == secretSetting {
			continue
		}
		from.flags[s.flag()] = flags.String(s.flag(), "", s.usage)
		if !shownFlags[s.name] {
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
	values := make(map[string]string)
	if err := from.readConfig(values); err != nil {
		return nil, err
	}
	fromEnv, fromFlags := make(map[string]string), make(map[string]string)
	for i := range settingTable {
		s := &settingTable[i]
		// An empty cache switches off the one of weaker settings. Others that
		// are empty say nothing.
		if v, ok := from.LookupEnv(s.env); ok && (v != "" || s.name == cacheSetting) {
			fromEnv[s.name] = v
		}
		if v := from.flags[s.flag()]; v != nil && (*v != "" || s.name == cacheSetting && from.given(s.flag())) {
			fromFlags[s.name] = *v
		}
	}
	cacheLeft := override(values, fromEnv)
	cacheLeft = override(values, fromFlags) || cacheLeft && values[cacheSetting] == ""
	site, err := New(values)
	if err != nil {
		return nil, err
	}
	site.Now, site.Say, site.CacheLeft = from.Now, from.Say, cacheLeft
	from.resolved = site
	return site, nil
}

// override puts stronger values over weaker ones. A key, the file of a key and
// a key in base64 are three ways of saying one thing. The cache belongs to the
// store: override reports whether it left out a cache because another store
// replaced its own.
func override(values, stronger map[string]string) (cacheLeft bool) {
	for _, name := range []string{"secret_key", "secret_key_fallbacks"} {
		forms := []string{name, name + "_file", name + "_base64"}
		if slices.ContainsFunc(forms, func(form string) bool { return stronger[form] != "" }) {
			for _, form := range forms {
				delete(values, form)
			}
		}
	}
	store, before := stronger["store"], values["store"]
	_, named := stronger[cacheSetting]
	if !named && values[cacheSetting] != "" && store != "" && before != "" && !storeurl.Same(store, before) {
		delete(values, cacheSetting)
		cacheLeft = true
	}
	for name, v := range stronger {
		values[name] = v
	}
	return cacheLeft
}
