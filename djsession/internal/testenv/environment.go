package testenv

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// environment is a Python with a Django: a directory of packages that pip
// filled for one release, or the system's own.
type environment struct {
	Python        string   // path
	PythonVersion string   // "3.12.1"
	Django        string   // "5.2.19"
	LeftOut       []string // extras that could not be installed
	System        bool     // not a directory of ours

	dir string
}

// command is Python with nothing but the environment's packages to import.
func (e environment) command(args ...string) *exec.Cmd {
	if e.System {
		cmd := exec.Command(e.Python, args...)
		cmd.Env = cleanEnv("PYTHONDONTWRITEBYTECODE=1")
		return cmd
	}
	// Without site, so that packages installed for this Python are not seen.
	cmd := exec.Command(e.Python, append([]string{"-S"}, args...)...)
	cmd.Env = cleanEnv("PYTHONPATH="+filepath.Join(e.dir, "packages"), "PYTHONNOUSERSITE=1", "PYTHONDONTWRITEBYTECODE=1")
	return cmd
}

// environment returns the release's environment if it was made before.
func (r release) environment() (environment, error) {
	dir := filepath.Join(cacheDir(), r.dirName())
	text, err := os.ReadFile(filepath.Join(dir, "environment.json"))
	if err != nil {
		return environment{}, fmt.Errorf("no environment with Django %s (make test-env)", r.version)
	}
	e := environment{dir: dir}
	if err := json.Unmarshal(text, &e); err != nil {
		return environment{}, err
	}
	if _, err := os.Stat(e.Python); err != nil {
		return environment{}, fmt.Errorf("the Python of the environment with Django %s is gone (make test-env)", r.version)
	}
	return e, nil
}

// install makes the release's environment, unless it is there. Processes that
// want the same one at once wait for each other.
func (r release) install() (environment, error) {
	if err := os.MkdirAll(cacheDir(), 0o755); err != nil {
		return environment{}, err
	}
	unlock, err := lockDir(filepath.Join(cacheDir(), r.dirName()))
	if err != nil {
		return environment{}, err
	}
	defer unlock()
	if e, err := r.environment(); err == nil {
		return e, nil
	}
	dir := filepath.Join(cacheDir(), r.dirName())
	if err := os.RemoveAll(dir); err != nil {
		return environment{}, err
	}
	e, err := r.build()
	if err != nil {
		return environment{}, err
	}
	if err := os.Rename(e.dir, dir); err != nil {
		return environment{}, err
	}
	return r.environment()
}

// lockDir waits until no other process makes a directory of the cache.
func lockDir(dir string) (unlock func(), err error) {
	file, err := os.Create(dir + ".lock")
	if err != nil {
		return nil, err
	}
	for range 10 * 60 {
		free, err := tryLock(file)
		if free || errors.Is(err, errors.ErrUnsupported) {
			return func() { file.Close() }, nil
		}
		if err != nil {
			file.Close()
			return nil, err
		}
		time.Sleep(time.Second)
	}
	file.Close()
	return nil, fmt.Errorf("another process has been making %s for ten minutes", filepath.Base(dir))
}

// build fills a new directory next to its later place.
func (r release) build() (environment, error) {
	python, version, err := findPython(r.pythons)
	if err != nil {
		return environment{}, err
	}
	dir, err := os.MkdirTemp(cacheDir(), r.dirName()+".new")
	if err != nil {
		return environment{}, err
	}
	e := environment{Python: python, PythonVersion: version, Django: r.version, dir: dir}
	packages := filepath.Join(dir, "packages")
	if err := pip(python, packages, append(r.core(), r.extras...)); err != nil {
		// One extra without a wheel for this Python or machine must not take
		// the rest away.
		if err := errors.Join(os.RemoveAll(packages), pip(python, packages, r.core())); err != nil {
			os.RemoveAll(dir)
			return environment{}, err
		}
		for _, extra := range r.extras {
			if pip(python, packages, []string{extra}) != nil {
				e.LeftOut = append(e.LeftOut, extra)
			}
		}
	}
	text, err := json.Marshal(e)
	if err != nil {
		return environment{}, err
	}
	return e, os.WriteFile(filepath.Join(dir, "environment.json"), text, 0o644)
}

// noWheel is a package of Python alone that comes as its source.
const noWheel = "django-impersonate"

// pip installs wheels into a directory: with the Python's own pip, else with
// uv.
func pip(python, dir string, requirements []string) error {
	args := []string{python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--retries=1"}
	if exec.Command(python, "-m", "pip", "--version").Run() != nil {
		uv, err := exec.LookPath("uv")
		if err != nil {
			return fmt.Errorf("neither pip for %s nor uv", python)
		}
		args = []string{uv, "pip", "install", "--python", python}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	args = append(append(args, "--quiet", "--only-binary=:all:", "--no-binary="+noWheel, "--target", dir), requirements...)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = cleanEnv()
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("installing %s: %w: %s", strings.Join(requirements, " "), err, lastBytes(output.Bytes()))
	}
	return nil
}
