package testenv

import (
	"errors"
	"os"
	"os/user"
	"strconv"
	"sync"
	"syscall"
)

// childAttributes puts a child in a process group of its own, and has it told to end when this process dies.
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

// serverAccount is the account that servers run under: nil for this process's own, nobody's when that is root, whom PostgreSQL refuses.
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
