package place

import (
	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
)

// misplaced says that the place is not where the site's engine keeps sessions,
// or nil.
func (b *Place) misplaced(s *settings.Site) error {
	engine := s.Engine()
	if engine == settings.AnyEngine || engine == b.holds() {
		return nil
	}
	return fail.Hint(
		fail.Usagef(
			"this site keeps its sessions in %s (SESSION_ENGINE %s), and the store %s is %s",
			engine,
			s.Values["session_engine"],
			b.Where,
			b.holds(),
		),
		"name the store of the site with --store, or store in "+settings.FileName,
		"--session-engine names another engine, for example while sessions move from one to another",
	)
}

// holds is the kind of engine whose sessions the place holds.
func (b *Place) holds() settings.Engine {
	switch {
	case b.DB != nil:
		return settings.TableEngine
	case b.Cache != nil:
		return settings.CacheEngine
	case b.Redis:
		return settings.RedisEngine
	}
	return settings.FilesEngine
}
