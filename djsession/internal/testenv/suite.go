package testenv

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// A suitePackage is a package of another Debian suite than this machine's, such
// as a server that is newer. It is unpacked, with all that it needs, into a
// directory of its own, and its programs are started through the C loader that
// came with it. Nothing of the machine's own packages and sources changes, and
// no account but the own one is needed.
type suitePackage struct {
	suite, name string
}

// suiteDir holds the unpacked packages. That of root is one that the servers'
// account can search, which the user's cache is not.
func suiteDir() string {
	if os.Getenv("DJSESSION_TEST_CACHE") == "" && os.Getuid() == 0 {
		return "/var/cache/djsession-test"
	}
	return cacheFolder()
}

func (p suitePackage) dir() string {
	return filepath.Join(suiteDir(), fmt.Sprintf("%s-%s-%s", p.suite, p.name, runtime.GOARCH))
}

// multiarch is Debian's name of this machine, and loader that of its C loader.
var multiarch, loader = map[string]string{"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}[runtime.GOARCH],
	map[string]string{"amd64": "usr/lib64/ld-linux-x86-64.so.2", "arm64": "usr/lib/ld-linux-aarch64.so.1"}[runtime.GOARCH]

// command returns how to start a program of the package: what comes before its
// arguments.
func (p suitePackage) command(program string) ([]string, error) {
	dir := p.dir()
	for _, folder := range []string{"usr/sbin", "usr/bin"} {
		path := filepath.Join(dir, folder, program)
		if _, err := os.Stat(path); err == nil {
			return []string{filepath.Join(dir, loader), "--library-path", filepath.Join(dir, "usr/lib", multiarch), path}, nil
		}
	}
	return nil, fmt.Errorf("%w: %s of Debian %s", errNotInstalled, program, p.suite)
}

// install unpacks the package unless it is there. Processes that want it at
// once wait for each other.
func (p suitePackage) install() error {
	if err := p.possible(); err != nil {
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
	work, err := os.MkdirTemp(suiteDir(), "unpacking")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	files, err := p.download(filepath.Join(work, "apt"))
	if err != nil {
		return err
	}
	root := filepath.Join(work, "root")
	if err := unpack(files, root); err != nil {
		return err
	}
	return os.Rename(root, p.dir())
}

func (p suitePackage) possible() error {
	for _, tool := range []string{"apt-get", "dpkg"} {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Errorf("a package of Debian %s takes %s", p.suite, tool)
		}
	}
	if loader == "" {
		return fmt.Errorf("packages of Debian %s are not known on %s", p.suite, runtime.GOARCH)
	}
	if _, err := os.Stat(debianKeys); err != nil {
		return errors.New("the keys of Debian's archive are missing (debian-archive-keyring)")
	}
	return nil
}

const debianKeys = "/usr/share/keyrings/debian-archive-keyring.gpg"

// download gets the package and all that it needs, the C library too, with
// lists and a status of its own in dir.
func (p suitePackage) download(dir string) (files []string, err error) {
	for _, sub := range []string{"lists/partial", "cache/archives/partial", "state"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return nil, err
		}
	}
	config := strings.ReplaceAll(`Dir::Etc::sourcelist "DIR/sources.list";
Dir::Etc::sourceparts "-";
Dir::State "DIR/state";
Dir::State::lists "DIR/lists";
Dir::State::status "DIR/status";
Dir::Cache "DIR/cache";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
APT::Sandbox::User "";
`, "DIR", dir)
	mirror, err := debianMirror()
	if err != nil {
		return nil, err
	}
	source := fmt.Sprintf("deb [signed-by=%s] %s %s main\n", debianKeys, mirror, p.suite)
	for name, text := range map[string]string{"status": "", "apt.conf": config, "sources.list": source} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	for _, args := range [][]string{{"update"}, {"install", "--yes", "--no-install-recommends", "--download-only", p.name}} {
		cmd := exec.Command("apt-get", append([]string{"-q"}, args...)...)
		cmd.Env = append(os.Environ(), "APT_CONFIG="+filepath.Join(dir, "apt.conf"), "DEBIAN_FRONTEND=noninteractive")
		if output, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("apt-get %s of Debian %s: %w: %s", args[0], p.suite, err, lastBytes(output))
		}
	}
	return filepath.Glob(filepath.Join(dir, "cache/archives/*.deb"))
}

// debianMirror is where this machine gets Debian from.
func debianMirror() (string, error) {
	files, _ := filepath.Glob("/etc/apt/sources.list.d/*")
	for _, file := range append(files, "/etc/apt/sources.list") {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		for _, word := range strings.Fields(string(text)) {
			if strings.HasPrefix(word, "http") && strings.HasSuffix(strings.TrimSuffix(word, "/"), "/debian") && !strings.Contains(word, "snapshot") {
				return word, nil
			}
		}
	}
	return "", errors.New("this machine's list of sources names no mirror of Debian")
}

// scripts are packages that programs need only to be set up by the system.
var scripts = []string{"adduser_", "debconf_", "libperl", "libsystemd-shared", "locales", "passwd_", "perl", "systemd"}

// unpack puts packages into a directory that looks like a system's. No script
// of theirs runs.
func unpack(files []string, root string) error {
	for _, sub := range []string{"bin", "sbin", "lib", "lib64"} {
		if err := os.MkdirAll(filepath.Join(root, "usr", sub), 0o755); err != nil {
			return err
		}
		if err := os.Symlink("usr/"+sub, filepath.Join(root, sub)); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	if err := os.Chmod(root, 0o755); err != nil {
		return err
	}
	for _, file := range files {
		if slices.ContainsFunc(scripts, func(s string) bool { return strings.HasPrefix(filepath.Base(file), s) }) {
			continue
		}
		if output, err := exec.Command("dpkg", "-x", file, root).CombinedOutput(); err != nil {
			return fmt.Errorf("dpkg -x %s: %w: %s", filepath.Base(file), err, lastBytes(output))
		}
	}
	return nil
}
