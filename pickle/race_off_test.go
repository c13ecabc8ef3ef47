//go:build !race

package pickle_test

const raceDetector = false
