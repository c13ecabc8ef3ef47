package project

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// projectPython is the Python of the virtual environment that is active, or
// else of one in the directory of the project or in the one above. An
// environment that another user could have put there is not run: refused names
// it, with the reason.
func projectPython(managePy string) (python []string, refused string) {
	bin, name := "bin", "python"
	if runtime.GOOS == "windows" {
		bin, name = "Scripts", "python.exe"
	}
	if env := os.Getenv("VIRTUAL_ENV"); env != "" {
		if path := filepath.Join(env, bin, name); exists(path) {
			return []string{path}, ""
		}
	}
	dir := filepath.Dir(managePy)
	for _, parent := range []string{dir, filepath.Dir(dir)} {
		for _, env := range []string{".venv", "venv", "env"} {
			env = filepath.Join(parent, env)
			path := filepath.Join(env, bin, name)
			if !exists(path) {
				continue
			}
			if why := untrusted(managePy, env, filepath.Join(env, bin), path); why != "" {
				refused = fmt.Sprintf("%s is not run: %s; --python names it if it is the project's", path, why)
				continue
			}
			return []string{path}, refused
		}
	}
	for _, name := range []string{"python3", "python"} {
		if path, err := exec.LookPath(name); err == nil {
			return []string{path}, refused
		}
	}
	return []string{"python3"}, refused
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
