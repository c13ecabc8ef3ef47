package testenv

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// An archive downloads packages of one Debian suite, with lists and a status of
// its own. Packages that share a library download it once.
type archive struct {
	suite, dir string
	unlock     func()
}

const debianKeys = "/usr/share/keyrings/debian-archive-keyring.gpg"

func suitesPossible() error {
	for _, tool := range []string{"apt-get", "dpkg"} {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Errorf("a package of another Debian suite takes %s", tool)
		}
	}
	if loader == "" {
		return fmt.Errorf("packages of other Debian suites are not known on %s", runtime.GOARCH)
	}
	if _, err := os.Stat(debianKeys); err != nil {
		return errors.New("the keys of Debian's archive are missing (debian-archive-keyring)")
	}
	return nil
}

// openArchive locks the archive of a suite and gets its lists, unless they are
// of today.
func openArchive(suite string) (*archive, error) {
	a := &archive{suite: suite, dir: archiveDir(suite)}
	var err error
	if a.unlock, err = lockDir(a.dir); err != nil {
		return nil, err
	}
	if err = a.update(); err != nil {
		a.unlock()
	}
	return a, err
}

func (a *archive) update() error {
	for _, sub := range []string{"lists/partial", "cache/archives/partial", "state"} {
		if err := os.MkdirAll(filepath.Join(a.dir, sub), 0o755); err != nil {
			return err
		}
	}
	fresh := filepath.Join(a.dir, "updated")
	if info, err := os.Stat(fresh); err == nil && time.Since(info.ModTime()) < 12*time.Hour {
		return nil
	}
	mirror, err := debianMirror()
	if err != nil {
		return err
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
`, "DIR", a.dir)
	source := fmt.Sprintf("deb [signed-by=%s] %s %s main\n", debianKeys, mirror, a.suite)
	for name, text := range map[string]string{"status": "", "apt.conf": config, "sources.list": source} {
		if err := os.WriteFile(filepath.Join(a.dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	if _, err := a.apt("update"); err != nil {
		return err
	}
	return os.WriteFile(fresh, nil, 0o644)
}

// download gets packages and all that they need, the C library too.
func (a *archive) download(packages ...string) (files []string, err error) {
	install := append([]string{"install", "--yes", "--no-install-recommends"}, packages...)
	if _, err := a.apt(append(install, "--download-only")...); err != nil {
		return nil, err
	}
	plan, err := a.apt(append(install, "--simulate")...)
	if err != nil {
		return nil, err
	}
	for line := range bytes.Lines(plan) {
		words := strings.Fields(string(line))
		if len(words) < 2 || words[0] != "Inst" {
			continue
		}
		found, err := filepath.Glob(filepath.Join(a.dir, "cache/archives", words[1]+"_*.deb"))
		if err != nil || len(found) == 0 {
			return nil, fmt.Errorf("apt-get downloaded no %s of Debian %s", words[1], a.suite)
		}
		files = append(files, slices.MaxFunc(found, byTime))
	}
	return files, nil
}

func byTime(a, b string) int {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	if errA != nil || errB != nil {
		return strings.Compare(a, b)
	}
	return infoA.ModTime().Compare(infoB.ModTime())
}

func (a *archive) apt(args ...string) ([]byte, error) {
	cmd := exec.Command("apt-get", append([]string{"-q"}, args...)...)
	cmd.Env = append(os.Environ(), "APT_CONFIG="+filepath.Join(a.dir, "apt.conf"), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8")
	output, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("apt-get %s of Debian %s: %w: %s", args[0], a.suite, err, lastBytes(output))
	}
	return output, nil
}

// removeArchive removes what was downloaded, which is unpacked now, and the
// lists.
func removeArchive(suite string) {
	dir := archiveDir(suite)
	if unlock, err := lockDir(dir); err == nil {
		os.RemoveAll(dir)
		unlock()
	}
}

func archiveDir(suite string) string { return filepath.Join(suiteDir(), "archive-"+suite) }

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
