//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package testenv

import (
	"errors"
	"os"
)

// tryLock refuses: there is no lock here that dies with its holder.
func tryLock(*os.File) (bool, error) { return false, errors.ErrUnsupported }
