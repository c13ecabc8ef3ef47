package settings

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/djsession/djsite"
)

// NoValue is for what Django would call None or False, in a setting whose
// default is something else.
const NoValue = "-"

// places are settings that package storeurl reads, which says more of what is
// wrong with one.
var places = []string{"store", cacheSetting, "users_store", "users_database"}

// problem is the first thing that is wrong with settings, but for places.
func problem(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			if err := problem(err); err != nil {
				return err
			}
		}
		return nil
	}
	var wrong *djsite.SettingError
	switch {
	case !errors.As(err, &wrong):
		return err
	case slices.Contains(places, wrong.Setting):
		return nil
	}
	return hinted(fail.Usagef("%s: %s", wrong.Setting, wrong.Problem), wrong.Hint)
}

// fileProblem is what is wrong with a file.
func fileProblem(path string, err error) error {
	var wrong *djsite.SettingError
	if !errors.As(err, &wrong) {
		return err
	}
	return hinted(fmt.Errorf("%s: %s: %s", path, wrong.Setting, wrong.Problem), wrong.Hint)
}

func hinted(err error, hint string) error {
	if hint == "" {
		return err
	}
	return fail.Hint(err, hint)
}

// Flag is a setting that is true or false.
func (s *Site) Flag(name string, standard bool) bool {
	if value, err := strconv.ParseBool(s.Values[name]); err == nil {
		return value
	}
	return standard
}
