package soak

import (
	"maps"
	"slices"
)

// A model is what a browser may see of its session. An answer other than 200
// may or may not mean that the change was made, so there can be several right
// values until the next change is acknowledged.
type model struct {
	users []string            // "" is logged out
	names map[string][]string // "" is absent
}

func fresh() *model { return &model{users: []string{""}, names: map[string][]string{}} }

// allows reports what of an answer was never possible.
func (m *model) allows(answer seen) (fault string) {
	switch {
	case slices.Contains(m.users, answer.User):
	case answer.User == "":
		return "an outage became a logout"
	case slices.Equal(m.users, []string{""}):
		return "a logout was undone"
	default:
		return "another user"
	}
	for name, values := range m.names {
		if !slices.Contains(values, answer.Names[name]) {
			return "an acknowledged change was lost"
		}
	}
	for name := range answer.Names {
		if _, known := m.names[name]; !known {
			return "a value of another session"
		}
	}
	return ""
}

func (m *model) set(name, value string, acknowledged bool) {
	if acknowledged {
		m.names[name] = []string{value}
		return
	}
	if m.names[name] == nil {
		m.names[name] = []string{""}
	}
	m.names[name] = append(m.names[name], value)
}

// gone reports whether the session may have ended.
func (m *model) gone() bool { return slices.Contains(m.users, "") }

// loggedIn is after an acknowledged login. Another user's values are flushed.
func (m *model) loggedIn(user string) {
	if !slices.Equal(m.users, []string{user}) && !slices.Equal(m.users, []string{""}) {
		if m.certain() {
			clear(m.names)
		} else {
			for name := range maps.Keys(m.names) {
				m.names[name] = append(m.names[name], "")
			}
		}
	}
	m.users = []string{user}
}

func (m *model) certain() bool { return len(m.users) == 1 }
