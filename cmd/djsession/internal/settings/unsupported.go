package settings

import (
	"fmt"
	"slices"
	"strings"

	"github.com/djsession/djsession-go/djsession/djsite"
)

// OwnHash is the name of a user model that overrides get_session_auth_hash.
const OwnHash = "session_auth_hash"

// UnsupportedNamed is what a site does in code of its own, by its name.
func UnsupportedNamed(name string) *djsite.Unsupported {
	all := djsite.AllUnsupported()
	i := slices.IndexFunc(all, func(u djsite.Unsupported) bool { return u.Name == name })
	return &all[i]
}

// Unsupported is what the site does in code of its own, which djsession cannot
// run, in the order of the table.
func (s *Site) Unsupported() (found []*djsite.Unsupported) {
	for _, u := range djsite.AllUnsupported() {
		if s.Lacks(u.Name) {
			found = append(found, &u)
		}
	}
	return found
}

// Lacks reports whether the site does something in its own way.
func (s *Site) Lacks(name string) bool { return slices.Contains(s.of.Unsupported, name) }

// UnsupportedHelp is the part of the help on settings.
func UnsupportedHelp() string {
	var b strings.Builder
	for _, u := range djsite.AllUnsupported() {
		fmt.Fprintf(&b, "  %s\n      %s:\n      %s\n", u.Name, u.Found, u.Effect)
	}
	return b.String()
}
