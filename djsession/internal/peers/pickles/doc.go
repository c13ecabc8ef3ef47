// Package pickles measures package pickle beside og-rek, gopickle and, where there is a python3, CPython's C implementation, in one run:
//
//	go test -bench . ./pickles
//
// C's time is measured by timeit in a Python process, and shown as the metrics C-ns/op and x-of-C, ours divided by C's.
package pickles
