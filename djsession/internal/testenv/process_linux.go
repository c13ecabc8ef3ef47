package testenv

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
)

// childAttributes puts a child in a process group of its own, and has it told
// to end when this process dies.
func childAttributes(end syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: end}
}

// serverAttributes also takes root from a server.
func serverAttributes(end syscall.Signal) *syscall.SysProcAttr {
	attributes := childAttributes(end)
	if account, err := serverAccount(); err == nil {
		attributes.Credential = account
	}
	return attributes
}

func giveToServers(dir string) error {
	account, err := serverAccount()
	if err != nil || account == nil {
		return err
	}
	return os.Chown(dir, int(account.Uid), int(account.Gid))
}

// serverAccount is the account that servers run under: nil for this process's
// own, or an unprivileged one if this is root, which PostgreSQL refuses.
var serverAccount = sync.OnceValues(func() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return nil, err
	}
	uid, uidErr := strconv.ParseUint(nobody.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(nobody.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(uidErr, gidErr)
})

// listens reports whether it is this process that listens at an address of
// IPv4. If the system does not show it, the answer is yes.
func listens(pid int, address string) bool {
	at, err := netip.ParseAddrPort(address)
	table, tableErr := os.ReadFile("/proc/net/tcp")
	if err != nil || tableErr != nil || !at.Addr().Is4() {
		return true
	}
	ip := at.Addr().As4()
	local := fmt.Appendf(nil, "%02X%02X%02X%02X:%04X", ip[3], ip[2], ip[1], ip[0], at.Port())
	const listening = "0A"
	for line := range bytes.Lines(table) {
		if f := bytes.Fields(line); len(f) > 9 && bytes.Equal(f[1], local) && string(f[3]) == listening {
			return holds(pid, fmt.Sprintf("socket:[%s]", f[9]))
		}
	}
	return false
}

// holds reports whether a process has something open.
func holds(pid int, what string) bool {
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	files, err := os.ReadDir(dir)
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist)
	}
	for _, file := range files {
		if target, err := os.Readlink(filepath.Join(dir, file.Name())); err == nil && target == what {
			return true
		}
	}
	return false
}
