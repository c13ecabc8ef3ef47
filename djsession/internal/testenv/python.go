package testenv

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// findPython returns the path and version of the first Python found of those
// wanted ("3.12"): pyenv's, one on PATH, or uv's.
func findPython(wanted []string) (path, version string, err error) {
	for _, minor := range wanted {
		for _, candidate := range pythonCandidates(minor) {
			if version, err := probePython(candidate); err == nil && strings.HasPrefix(version, minor+".") {
				return candidate, version, nil
			}
		}
	}
	return "", "", fmt.Errorf("no Python %s found by pyenv, on PATH or by uv (pyenv install %s, or uv python install %[2]s)",
		strings.Join(wanted, ", "), wanted[0])
}

func pythonCandidates(minor string) []string {
	root := os.Getenv("PYENV_ROOT")
	if root == "" {
		home, _ := os.UserHomeDir()
		root = filepath.Join(home, ".pyenv")
	}
	candidates, _ := filepath.Glob(filepath.Join(root, "versions", minor+".*", "bin", "python"))
	for _, name := range []string{"python" + minor, "python3", "python"} {
		if path, err := exec.LookPath(name); err == nil {
			candidates = append(candidates, path)
		}
	}
	if uv, err := exec.LookPath("uv"); err == nil {
		cmd := exec.Command(uv, "python", "find", minor)
		cmd.Env = append(os.Environ(), "UV_PYTHON_DOWNLOADS=never")
		if path, err := cmd.Output(); err == nil {
			candidates = append(candidates, strings.TrimSpace(string(path)))
		}
	}
	return candidates
}

// probePython asks a Python for its version. One without zlib, ssl or sqlite3
// is of no use.
func probePython(path string) (version string, err error) {
	return askPython(path, "import sys, zlib, ssl, sqlite3; sys.stdout.write('%d.%d.%d' % sys.version_info[:3])")
}

func askPython(path, source string) (string, error) {
	cmd := exec.Command(path, "-c", source)
	cmd.Env = cleanEnv()
	output, err := cmd.Output()
	return string(output), err
}

// cleanEnv is this process's environment without what would steer a Python or a
// Django, and with more.
func cleanEnv(more ...string) []string {
	var env []string
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "PYTHON") && !strings.HasPrefix(entry, "DJANGO") && !strings.HasPrefix(entry, "TZ=") {
			env = append(env, entry)
		}
	}
	return append(env, more...)
}

// systemDjango looks for a Django that the machine's own Python imports, such
// as Debian's python3-django.
var systemDjango = sync.OnceValues(func() (environment, error) {
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		path, err := exec.LookPath(python)
		if err != nil {
			continue
		}
		output, err := askPython(path, "import sys, django; print('%d.%d.%d' % sys.version_info[:3]); print(django.get_version())")
		if lines := strings.Fields(output); err == nil && len(lines) == 2 {
			return environment{Python: path, PythonVersion: lines[0], Django: lines[1], System: true}, nil
		}
	}
	return environment{}, errors.New("the system's Python has no Django (apt-get install python3-django)")
})
