package testenv

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// patience is how long a server or a Django may keep the tests waiting: the
// machine may be busy with those of other packages.
const patience = 5 * time.Minute

// process is a server that this process started.
type process struct {
	cmd  *exec.Cmd
	log  string
	end  syscall.Signal
	done chan struct{}
}

// startProcess starts a server with its output in dir/log, under the servers'
// account.
func startProcess(dir string, end syscall.Signal, name string, args ...string) (*process, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = cleanEnv("LC_ALL=C.UTF-8")
	cmd.SysProcAttr = serverAttributes(end)
	return launch(cmd, dir, end)
}

// launch starts a command with its output in dir/log. The signal end is how it
// is told to end, by stop or by the death of this process.
func launch(cmd *exec.Cmd, dir string, end syscall.Signal) (*process, error) {
	p := &process{cmd: cmd, log: filepath.Join(dir, "log"), end: end, done: make(chan struct{})}
	log, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := onSpawner(cmd.Start); err != nil {
		return nil, err
	}
	go func() {
		cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// await asks until the server answers: ask returns nil when it did.
func (p *process) await(ask func() error) error {
	deadline := time.Now().Add(patience)
	for {
		err := ask()
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("%s ended before it answered: %s", filepath.Base(p.cmd.Path), tail(p.log))
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			p.stop()
			return fmt.Errorf("%s did not answer within %v (%w): %s", filepath.Base(p.cmd.Path), patience, err, tail(p.log))
		}
	}
}

// awaitAt awaits the server's answer at an address, where another may answer:
// one that took the port a moment earlier, for the tests of another process.
func (p *process) awaitAt(address string, ask func() error) error {
	return p.await(func() error {
		err := ask()
		if err == nil && !listens(p.cmd.Process.Pid, address) {
			err = fmt.Errorf("somebody else answers at %s", address)
		}
		return err
	})
}

func (p *process) stop() {
	p.cmd.Process.Signal(p.end)
	select {
	case <-p.done:
	case <-time.After(5 * time.Second):
		p.cmd.Process.Kill()
		<-p.done
	}
}

// prepare runs a command to its end under the servers' account.
func prepare(dir string, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = cleanEnv("LC_ALL=C.UTF-8")
	cmd.SysProcAttr = serverAttributes(syscall.SIGKILL)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := onSpawner(cmd.Start); err != nil {
		return err
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(name), err, lastBytes(output.Bytes()))
	}
	return nil
}

// serverDir makes a directory for one server, owned by the account that will
// run it.
func serverDir(name string) (string, error) {
	root, err := dataDir()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp(root, name)
	if err != nil {
		return "", err
	}
	return dir, giveToServers(dir)
}

// onSpawner runs start on one thread that lives as long as this process: the
// parent-death signal of a child comes when the thread that started it ends.
func onSpawner(start func() error) error {
	answer := make(chan error)
	spawner() <- func() { answer <- start() }
	return <-answer
}

var spawner = sync.OnceValue(func() chan<- func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		for do := range work {
			do()
		}
	}()
	return work
})

// find returns the path of the first program found: on PATH, or in the given
// directories (patterns of [filepath.Glob], the last match of one, so the
// newest version).
func find(folders []string, names ...string) (string, error) {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
		for _, pattern := range folders {
			matches, _ := filepath.Glob(filepath.Join(pattern, name))
			if len(matches) > 0 {
				return matches[len(matches)-1], nil
			}
		}
	}
	return "", fmt.Errorf("%w: %s", errNotInstalled, names[0])
}

var errNotInstalled = errors.New("not installed")

// systemDirs hold servers that an ordinary user's PATH may lack.
var systemDirs = []string{"/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"}

func tail(path string) string {
	text, _ := os.ReadFile(path)
	return lastBytes(text)
}

func lastBytes(text []byte) string {
	const most = 2000
	text = bytes.TrimSpace(text)
	return string(text[max(0, len(text)-most):])
}
