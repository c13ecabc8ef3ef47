//go:build race

package djsession_test

const raceEnabled = true
