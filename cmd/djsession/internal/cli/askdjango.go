package cli

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

//go:embed askdjango.py
var askDjangoSource string

// djangoSettings is what askdjango.py tells of a project.
type djangoSettings struct {
	Django        string          `json:"django"`
	Python        int             `json:"python"`
	Engine        string          `json:"engine"`
	Serializer    string          `json:"serializer"`
	CookieName    string          `json:"cookie_name"`
	CookieAge     int64           `json:"cookie_age"`
	StoreName     string          `json:"store_name"`
	StoreQualname string          `json:"store_qualname"`
	Salt          string          `json:"salt"`
	CustomKeys    bool            `json:"custom_keys"`
	Hashing       string          `json:"hashing"`
	SecretKey     string          `json:"secret_key"`
	Fallbacks     []string        `json:"fallbacks"`
	UseTZ         bool            `json:"use_tz"`
	TimeZone      string          `json:"time_zone"`
	Backends      []string        `json:"backends"`
	CacheAlias    string          `json:"cache_alias"`
	Cache         djangoCache     `json:"cache"`
	FilePath      string          `json:"file_path"`
	Table         string          `json:"table"`
	Database      *djangoDatabase `json:"database"`
	Users         djangoUsers     `json:"users"`
}

// djangoDatabase is an entry of DATABASES.
type djangoDatabase struct {
	Engine   string         `json:"engine"`
	Name     string         `json:"name"`
	User     string         `json:"user"`
	Password string         `json:"password"`
	Host     string         `json:"host"`
	Port     string         `json:"port"`
	TimeZone string         `json:"time_zone"`
	Options  map[string]any `json:"options"` // null for what is no text or number
}

// djangoUsers is the user model.
type djangoUsers struct {
	Model    string            `json:"model"`
	Table    string            `json:"table"`
	PK       string            `json:"pk"` // its internal type
	PKColumn string            `json:"pk_column"`
	Username string            `json:"username"`
	Columns  map[string]string `json:"columns"` // by the names of fields
	Database *djangoDatabase   `json:"database"`
}

const (
	askTimeout    = 2 * time.Minute
	killedTimeout = time.Second // for what the project's Python started, and which may have its stdout
	askMarker     = "djsession-settings:"
)

// findManagePy returns the full path of a manage.py, which may be named by its folder.
func findManagePy(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if isDir(path) {
		path = filepath.Join(path, "manage.py")
	}
	if _, err := os.Stat(path); err != nil {
		return "", fileError("read the project", err)
	}
	return path, nil
}

// askDjango runs a project's own Python. It is the only way to know settings that are a program.
func askDjango(ctx context.Context, managePy string, python []string) (*djangoSettings, error) {
	if len(python) == 0 {
		python = projectPython(filepath.Dir(managePy))
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	args := append(python[1:len(python):len(python)], managePy, "shell", "--verbosity", "0", "--command", askDjangoSource)
	cmd := exec.CommandContext(ctx, python[0], args...)
	cmd.Dir = filepath.Dir(managePy)
	cmd.Env = append(os.Environ(), "PYTHONIOENCODING=utf-8", "PYTHONDONTWRITEBYTECODE=1", "DJANGO_COLORS=nocolor")
	cmd.WaitDelay = killedTimeout
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, askError(ctx, python, stderr.String(), err)
	}
	for line := range strings.Lines(string(out)) {
		if answer, ok := strings.CutPrefix(line, askMarker); ok {
			found := new(djangoSettings)
			return found, json.Unmarshal([]byte(answer), found)
		}
	}
	return nil, errors.New("manage.py shell ran, but its answer is not there")
}

// projectPython is the Python of the virtual environment that is active, or else of one in the project's folder or above.
func projectPython(dir string) []string {
	bin, name := "bin", "python"
	if runtime.GOOS == "windows" {
		bin, name = "Scripts", "python.exe"
	}
	var candidates []string
	if env := os.Getenv("VIRTUAL_ENV"); env != "" {
		candidates = append(candidates, filepath.Join(env, bin, name))
	}
	for _, folder := range []string{dir, filepath.Dir(dir)} {
		for _, env := range []string{".venv", "venv", "env"} {
			candidates = append(candidates, filepath.Join(folder, env, bin, name))
		}
	}
	for _, path := range candidates {
		if _, err := os.Stat(path); err == nil {
			return []string{path}
		}
	}
	for _, name := range []string{"python3", "python"} {
		if path, err := exec.LookPath(name); err == nil {
			return []string{path}
		}
	}
	return []string{"python3"}
}

// askError says the last line of what Python said, which names the exception.
func askError(ctx context.Context, python []string, stderr string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("the project did not answer in %s: %w", askTimeout, ctx.Err())
	}
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	if last == "" {
		last = err.Error()
	}
	return hint(fmt.Errorf("%s manage.py shell failed: %s", strings.Join(python, " "), last),
		"--python names the project's Python, such as .venv/bin/python or 'poetry run python'; the project needs its usual environment variables")
}
