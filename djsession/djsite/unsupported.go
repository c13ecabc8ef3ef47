package djsite

import (
	"fmt"
	"slices"
	"strings"
)

// An Unsupported is something that a site does in code of its own, which Go
// cannot run. 'djsession settings import' asks the project's Python what it
// does, and names it in the setting unsupported.
type Unsupported struct {
	Name   string // in Site.Unsupported
	Found  string // in a sentence
	Effect string // for djsession and for a Go service
	Advice string

	Decides bool // it has a say in who is logged in
	Closes  bool // no session of the site can be read or written
}

// AllUnsupported returns all that can be in Site.Unsupported.
func AllUnsupported() []Unsupported { return slices.Clone(unsupportedTable) }

func unsupportedNamed(name string) *Unsupported {
	for i := range unsupportedTable {
		if unsupportedTable[i].Name == name {
			return &unsupportedTable[i]
		}
	}
	return nil
}

func unsupportedNames() (names []string) {
	for i := range unsupportedTable {
		names = append(names, unsupportedTable[i].Name)
	}
	return names
}

// An UnsupportedError says that a site does things in code of its own that the
// program has not dealt with.
type UnsupportedError struct {
	Names []string // in Site.Unsupported
}

func (e *UnsupportedError) Error() string {
	var lines []string
	for _, name := range e.Names {
		if u := unsupportedNamed(name); u != nil {
			lines = append(lines, fmt.Sprintf("%s: %s: %s; %s", u.Name, u.Found, u.Effect, u.Advice))
		}
	}
	return "djsite: this site has code of its own that Go cannot run, so it is not opened. " +
		"Give djsite.Options what each asks for, or name it in Options.Known: " + strings.Join(lines, ". ")
}

// solved says, for what a hook of [Options] can make up for, whether it did.
// All else has to be named in Options.Known.
var solved = map[string]func(p *parts) bool{
	"session_auth_hash": func(p *parts) bool {
		return p.authOptions.SessionHash != nil || p.authOptions.HashInput != nil || p.authOptions.HashSalt != ""
	},
	"is_active": func(p *parts) bool {
		return p.userOptions.ActiveWhere != "" || p.authOptions.Accept != nil || p.opts.UserFinder != nil
	},
	"users_manager": func(p *parts) bool {
		return p.userOptions.Where != "" || p.authOptions.Accept != nil || p.opts.UserFinder != nil
	},
	"get_user":     func(p *parts) bool { return p.authOptions.Accept != nil },
	"user_ids":     func(p *parts) bool { return p.opts.UserFinder != nil },
	"user_columns": func(p *parts) bool { return p.opts.UserFinder != nil },
	"password_logins": func(p *parts) bool {
		o := p.authOptions
		return o.Passwords == nil || len(o.Guards) > 0 || o.PasswordsSuffice
	},
	"session_encoding":   func(p *parts) bool { return p.opts.Store != nil || p.ownSerializer },
	"session_cache":      func(p *parts) bool { return p.opts.Store != nil },
	"session_store":      func(p *parts) bool { return p.opts.Store != nil },
	"session_columns":    func(p *parts) bool { return p.opts.Store != nil || len(p.tableOptions.Columns) > 0 },
	"session_references": func(p *parts) bool { return len(p.tableOptions.References) > len(p.site.Session.References) },
}

// unsolved is what the program has not dealt with, or nil.
func (p *parts) unsolved() error {
	for _, name := range p.opts.Known {
		if unsupportedNamed(name) == nil {
			return fmt.Errorf("djsite: Options.Known has %q: known are %s", name, strings.Join(unsupportedNames(), ", "))
		}
	}
	var names []string
	for _, name := range p.site.Unsupported {
		is := solved[name]
		if !slices.Contains(p.opts.Known, name) && (is == nil || !is(p)) {
			names = append(names, name)
		}
	}
	if names == nil {
		return nil
	}
	return &UnsupportedError{names}
}
