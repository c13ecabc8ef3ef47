package djsite

import (
	"errors"
	"fmt"
	"io/fs"
)

// A SettingError says what is wrong with a setting, or which settings
// contradict each other. Its text never shows a secret.
type SettingError struct {
	Setting string // its name in Django or, if it has none, in djsession.toml
	Problem string
	Hint    string // what to do, if that is known
}

func (e *SettingError) Error() string {
	text := "djsite: " + e.Setting + ": " + e.Problem
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return text
}

// problems gathers what is wrong with a site.
type problems []error

func (p *problems) add(setting, format string, args ...any) {
	*p = append(*p, &SettingError{Setting: setting, Problem: fmt.Sprintf(format, args...)})
}

// addHint is add with what to do.
func (p *problems) addHint(setting, problem, hint string) {
	*p = append(*p, &SettingError{Setting: setting, Problem: problem, Hint: hint})
}

func (p problems) err() error { return errors.Join(p...) }

// fileError says what was tried with a file, and what the system said.
func fileError(doing string, err error) error {
	if pathErr, ok := err.(*fs.PathError); ok {
		return fmt.Errorf("djsite: cannot %s: %s: %w", doing, pathErr.Path, pathErr.Err)
	}
	return fmt.Errorf("djsite: cannot %s: %w", doing, err)
}
