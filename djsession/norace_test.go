//go:build !race

package djsession_test

const raceEnabled = false
