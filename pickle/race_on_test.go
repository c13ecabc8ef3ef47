//go:build race

package pickle_test

// raceDetector is on: sync.Pool then drops at random what it is given, and
// allocations cannot be counted.
const raceDetector = true
