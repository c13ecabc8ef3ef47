package testenv

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// A suitePackage is a package of another Debian suite than this machine's, such
// as a server that is newer. It is unpacked, with all that it needs, into a
// directory of its own, and its programs are started through the C loader that
// came with it. Nothing of the machine's own packages and sources changes, and
// no account but the own one is needed.
type suitePackage struct {
	suite, name string
	more        []string // packages that belong to it, such as a client
}

// suiteDir holds the unpacked packages. That of root is one that the servers'
// account can search, which the user's cache is not.
func suiteDir() string {
	if os.Getenv("DJSESSION_TEST_CACHE") == "" && os.Getuid() == 0 {
		return "/var/cache/djsession-test"
	}
	return cacheDir()
}

func (p suitePackage) dir() string {
	return filepath.Join(suiteDir(), fmt.Sprintf("debian-%s-%s-%s", p.suite, p.name, runtime.GOARCH))
}

// programDirs are where a package has its programs.
var programDirs = []string{"usr/sbin", "usr/bin", "usr/lib/postgresql/*/bin"}

// program returns the path of one of the package's programs.
func (p suitePackage) program(names ...string) (string, error) {
	for _, name := range names {
		for _, dir := range programDirs {
			if found, _ := filepath.Glob(filepath.Join(p.dir(), dir, name)); len(found) > 0 {
				return found[len(found)-1], nil
			}
		}
	}
	return "", fmt.Errorf("%w: %s of Debian %s", errNotInstalled, names[0], p.suite)
}

// install downloads and unpacks the package unless it is there. Processes that
// want it at once wait for each other.
func (p suitePackage) install() error {
	if err := suitesPossible(); err != nil {
		return err
	}
	if err := os.MkdirAll(suiteDir(), 0o755); err != nil {
		return err
	}
	unlock, err := lockDir(p.dir())
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := os.Stat(p.dir()); err == nil {
		return nil
	}
	archive, err := openArchive(p.suite)
	if err != nil {
		return err
	}
	defer archive.unlock()
	files, err := archive.download(append([]string{p.name}, p.more...)...)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp(suiteDir(), "unpacking")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	root := filepath.Join(work, "root")
	if err := unpack(files, root); err != nil {
		return err
	}
	if err := throughLoader(root, p.dir()); err != nil {
		return err
	}
	return os.Rename(root, p.dir())
}

// multiarch is Debian's name of this machine, and loader that of its C loader.
var multiarch, loader = map[string]string{"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}[runtime.GOARCH],
	map[string]string{"amd64": "usr/lib64/ld-linux-x86-64.so.2", "arm64": "usr/lib/ld-linux-aarch64.so.1"}[runtime.GOARCH]

// unloaded is the suffix of a program that only the loader next to it starts.
const unloaded = ".unloaded"

// throughLoader puts a script in the place of each program in root, which dir
// will be the name of: the script starts the program through root's own loader.
// Programs that start each other, as initdb does, so find each other's scripts,
// and one that acts by the name it was called by, as Redis does, learns that.
func throughLoader(root, dir string) error {
	for _, dir := range programDirs {
		programs, err := filepath.Glob(filepath.Join(root, dir, "*"))
		if err != nil {
			return err
		}
		for _, program := range programs {
			if !isProgram(program) {
				continue
			}
			if err := os.Rename(program, program+unloaded); err != nil {
				return err
			}
			script := fmt.Sprintf("#!/bin/sh\nexec '%s' --argv0 \"$0\" --library-path '%s' '%s' \"$@\"\n", filepath.Join(dir, loader),
				filepath.Join(dir, "usr/lib", multiarch), dir+strings.TrimPrefix(program, root)+unloaded)
			if err := os.WriteFile(program, []byte(script), 0o755); err != nil {
				return err
			}
		}
	}
	return nil
}

func isProgram(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	magic := make([]byte, 4)
	n, _ := file.Read(magic)
	return bytes.Equal(magic[:n], []byte("\x7fELF"))
}

// template returns a directory that the package's server fills once: what it
// begins with in each test. Processes that want it at once wait for each other.
func (p suitePackage) template(fill func(dir string) error) (string, error) {
	dir := p.dir() + "-template"
	unlock, err := lockDir(dir)
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return dir, err
	}
	work, err := os.MkdirTemp(suiteDir(), "filling")
	if err != nil {
		return "", err
	}
	if err := giveToServers(work); err != nil {
		return "", err
	}
	if err := fill(work); err != nil {
		os.RemoveAll(work)
		return "", err
	}
	return dir, os.Rename(work, dir)
}
