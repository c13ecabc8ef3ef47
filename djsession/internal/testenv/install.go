package testenv

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
)

// Install gets what is missing as far as this machine lets it: the servers and
// a browser through apt-get where this is root's Debian, and an environment for
// each Django. It reports what it does, a line each; what it could not do is in
// the error.
func Install(w io.Writer) error {
	return errors.Join(installServers(w), installDjangos(w))
}

func installServers(w io.Writer) error {
	var packages []string
	var newer []*suitePackage
	var errs []error
	for _, k := range kinds {
		if _, err := k.program(k.programs...); err == nil || os.Getenv(k.variable) != "" {
			continue
		}
		packages = append(packages, k.packages...)
		if k.wheel != nil {
			fmt.Fprintf(w, "installing %s\n", k.wheel.requirement)
			errs = append(errs, k.wheel.install())
		}
		if k.newer != nil {
			newer = append(newer, k.newer)
		}
	}
	if _, err := findBrowser(); err != nil {
		packages = append(packages, "chromium")
	}
	return errors.Join(append(errs, installNewer(w, newer), aptInstall(w, packages))...)
}

// installNewer gets packages of other Debian suites. Downloads of one are kept
// for the next, until all are unpacked.
func installNewer(w io.Writer, packages []*suitePackage) error {
	var errs []error
	suites := map[string]bool{}
	for _, p := range packages {
		fmt.Fprintf(w, "unpacking %s of Debian %s\n", p.name, p.suite)
		errs = append(errs, p.install())
		suites[p.suite] = true
	}
	for suite := range suites {
		removeArchive(suite)
	}
	return errors.Join(errs...)
}

func installDjangos(w io.Writer) error {
	var tasks sync.WaitGroup
	errs := make([]error, len(releases))
	for i, r := range releases {
		if _, err := r.environment(); err == nil {
			continue
		}
		fmt.Fprintf(w, "making an environment with Django %s\n", r.version)
		tasks.Go(func() { _, errs[i] = r.install() })
	}
	tasks.Wait()
	for _, err := range errs {
		if err == nil {
			return errors.Join(errs...)
		}
	}
	if _, err := systemDjango(); err == nil {
		return errors.Join(errs...)
	}
	return errors.Join(append(errs, aptInstall(w, []string{"python3-django", "python3-psycopg2", "python3-pymysql"}))...)
}

// aptInstall installs Debian's packages without a question asked.
func aptInstall(w io.Writer, packages []string) error {
	if len(packages) == 0 {
		return nil
	}
	apt, err := exec.LookPath("apt-get")
	if err != nil || os.Getuid() != 0 {
		return fmt.Errorf("not installed: %v (apt-get install as root gets them)", packages)
	}
	fmt.Fprintf(w, "apt-get install %v\n", packages)
	install := append([]string{"install", "--yes", "--no-install-recommends"}, packages...)
	if err := runApt(apt, install...); err == nil {
		return nil
	}
	// The lists of packages may be old, or none.
	return errors.Join(runApt(apt, "update"), runApt(apt, install...))
}

func runApt(apt string, args ...string) error {
	cmd := exec.Command(apt, append([]string{"-q", "-o", "DPkg::Lock::Timeout=300"}, args...)...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("apt-get %v: %w: %s", args, err, lastBytes(output))
	}
	return nil
}

// Python is the command that runs a Python with the packages of one Django
// series, such as "5.2", and nothing else to import.
func Python(series string, args ...string) (*exec.Cmd, error) {
	for _, r := range releases {
		if r.series == series {
			e, err := r.environment()
			return e.command(args...), err
		}
	}
	return nil, fmt.Errorf("the matrix has no Django %s", series)
}

// Installed returns the series that have an environment, oldest first.
func Installed() []string {
	var found []string
	for _, r := range releases {
		if _, err := r.environment(); err == nil {
			found = append(found, r.series)
		}
	}
	return found
}
