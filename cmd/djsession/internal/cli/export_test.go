package cli

import (
	"context"
	"os"
	"time"
)

// MainAt is [Main] with a clock that stands still.
func MainAt(now time.Time) int {
	a := newApp(os.Stdin, os.Stdout, os.Stderr, os.LookupEnv)
	a.now = func() time.Time { return now }
	return a.run(context.Background(), os.Args[1:])
}
