package djsite

import (
	"strconv"
	"strings"
)

// A version is a series of Django. The zero value is one that is not known.
type version struct{ major, minor int }

// Django returns the series as two numbers, or 0, 0 if DjangoVersion does not
// say it: hashers.New(hashers.ForDjango(site.Django())).
func (s *Site) Django() (major, minor int) {
	v, _ := parseVersion(s.DjangoVersion)
	return v.major, v.minor
}

func (s *Site) version() version {
	v, _ := parseVersion(s.DjangoVersion)
	return v
}

// parseVersion reads "5.2", "5.2.1" or a major number alone, and reports
// whether it can be a Django's. The first with sessions as they are was 1.4.
func parseVersion(text string) (v version, ok bool) {
	if text == "" {
		return version{}, true
	}
	numbers := strings.Split(text, ".")
	for i, number := range numbers {
		n, err := strconv.Atoi(number)
		if err != nil && i < 2 || n < 0 {
			return version{}, false
		}
		switch i {
		case 0:
			v.major = n
		case 1:
			v.minor = n
		}
	}
	return v, !v.before(1, 4) && v.major > 0
}

// before reports whether the series is known and older than another.
func (v version) before(major, minor int) bool {
	return v.major > 0 && (v.major < major || v.major == major && v.minor < minor)
}

// since reports whether the series is known and not older than another.
func (v version) since(major, minor int) bool { return v.major > 0 && !v.before(major, minor) }

// signsSHA1 reports whether the site signs as Django did up to 3.0: sessions in
// the legacy layout, and all else with SHA-1.
func (s *Site) signsSHA1() bool {
	return s.version().before(3, 1) || s.HashingAlgorithm == "sha1"
}

// readsSHA1 reports whether the site takes SHA-1 next to SHA-256: 3.1 and 3.2
// do.
func (s *Site) readsSHA1() bool {
	v := s.version()
	return v.since(3, 1) && v.before(4, 0)
}

// rejectsLegacy reports whether no session in the legacy layout counts. From
// 4.0 on Django itself rejects them. 3.1 and 3.2 write them only when told to,
// but keep reading what an older Django left behind. Of a site whose version is
// not known, neither is to be lost.
func (s *Site) rejectsLegacy() bool { return s.version().since(4, 0) }
