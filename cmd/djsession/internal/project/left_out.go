package project

import (
	"fmt"
	"slices"
)

// A leftOut names the options that a store cannot have, each with a reason.
type leftOut struct {
	where   string // the setting
	family  string // the class of a cache that djsession knows
	options map[string]any
	taken   []string
	notes   []string
}

func (left *leftOut) note(text string) { left.notes = append(left.notes, text) }

// take is an option as text, "" if it is not there.
func (left *leftOut) take(name string) string {
	value, ok := left.options[name]
	left.taken = append(left.taken, name)
	if !ok || value == nil || value == false {
		return ""
	}
	switch value.(type) {
	case map[string]any, []any:
		left.note(fmt.Sprintf("OPTIONS %s of %s is left out: it is not a text", name, left.where))
		return ""
	}
	return fmt.Sprint(value)
}

// harmless are options that say nothing of where and how sessions are stored.
func (left *leftOut) harmless(names ...string) { left.taken = append(left.taken, names...) }

// because leaves out an option, if it is there, with a reason; "" for one that
// another reason covers.
func (left *leftOut) because(name, reason string) {
	if value := left.options[name]; value != nil && value != "" && reason != "" {
		left.note(fmt.Sprintf("OPTIONS %s of %s is left out: %s", name, left.where, reason))
	}
	left.taken = append(left.taken, name)
}

// rest leaves out all others. It returns their names.
func (left *leftOut) rest(reason string) (names []string) {
	for name, value := range left.options {
		if !slices.Contains(left.taken, name) && value != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		left.because(name, reason)
		if left.options[name] == nil {
			left.note(fmt.Sprintf("OPTIONS %s of %s is left out: %s", name, left.where, reason))
		}
	}
	return names
}
