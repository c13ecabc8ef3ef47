//go:build !unix

package pickles

import "time"

var start = time.Now()

func cpuTime() time.Duration { return time.Since(start) }
