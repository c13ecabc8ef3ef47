package tables

import (
	"os"
	"syscall"
)

// peakOf is how many bytes of memory a process had at most.
func peakOf(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return int64(usage.Maxrss) << 10
}
