//go:build unix

package pickles

import (
	"syscall"
	"time"
)

// cpuTime is what this process has used of the processors, garbage collection
// included: what others run beside it does not count.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
