package settings

import (
	"slices"
	"strings"

	"github.com/djsession/djsession-go/djsession/djsite"
)

// Followable splits the foreign keys that the project named into those that
// session_references can say, and the others.
func Followable(lines []string) (known, others []string) {
	for _, line := range lines {
		values := djsite.Values{"session_references": strings.Join(append(slices.Clone(known), line), "\n")}
		if _, err := values.Site(); err == nil {
			known = append(known, line)
		} else {
			others = append(others, line)
		}
	}
	return known, others
}
