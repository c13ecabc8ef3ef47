// Package pickles measures package pickle beside og-rek, gopickle and, where
// there is a python3, CPython's C implementation, in one run:
//
//	go test -bench . ./pickles
//
// Ratios are of the processors' time, cpu-ns/op, garbage collection included,
// so that they mean something on a machine that does other things besides. C's
// is measured by timeit in a Python process; x-of-C is what a library takes
// divided by that.
package pickles
