//go:build unix

package project

import (
	"fmt"
	"os"
	"syscall"
)

// untrusted says why files next to a project may not be the project's: they
// must be root's, this user's, or of the owner of manage.py, whose code runs
// anyway, and all others must not be able to write there.
func untrusted(managePy string, paths ...string) string {
	owners := map[uint32]bool{0: true, uint32(os.Geteuid()): true}
	if owner, ok := ownerOf(managePy); ok {
		owners[owner] = true
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return err.Error()
		}
		if owner, ok := ownerOf(path); !ok || !owners[owner] {
			return fmt.Sprintf("%s belongs to another user", path)
		}
		if info.Mode().Perm()&0o002 != 0 {
			return fmt.Sprintf("all users can write to %s", path)
		}
	}
	return ""
}

func ownerOf(path string) (uint32, bool) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return stat.Uid, true
}
