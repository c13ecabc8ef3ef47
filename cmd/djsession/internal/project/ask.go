package project

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/cmd/djsession/internal/storeurl"
)

//go:embed askdjango.py
var askDjangoSource string

const (
	askTimeout    = 2 * time.Minute
	killedTimeout = time.Second // for what the project's Python started, and which may have its stdout
	askMarker     = "djsession-settings:"
)

// FindManagePy returns the full path of a manage.py, which may be given by its
// directory.
func FindManagePy(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if storeurl.IsDir(path) {
		path = filepath.Join(path, "manage.py")
	}
	if _, err := os.Stat(path); err != nil {
		return "", fail.File("read the project", err)
	}
	return path, nil
}

// Ask runs a project's own Python. It is the only way to know settings
// that are a program. Say tells which Python is not run, and why.
func Ask(ctx context.Context, managePy string, python []string, say func(format string, args ...any)) (*Answer, error) {
	if len(python) == 0 {
		var refused string
		if python, refused = projectPython(managePy); refused != "" {
			say("%s", human.Printable(refused))
		}
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
			found := new(Answer)
			return found, json.Unmarshal([]byte(answer), found)
		}
	}
	return nil, errors.New("manage.py shell ran, but its answer is not there")
}

// askError says what Python said last, which names the exception, and what that
// usually comes from.
func askError(ctx context.Context, python []string, stderr string, err error) error {
	if ctx.Err() != nil {
		return fail.Hint(fmt.Errorf("the project did not answer: %w", ctx.Err()),
			"does its settings module, or an app's ready(), wait for something? It is given "+askTimeout.String()+", and no answers to questions")
	}
	said := lastException(stderr)
	if said == "" {
		said = err.Error()
	}
	hints := []string{"--python names the project's Python, such as .venv/bin/python or 'poetry run python'; the project needs its usual environment variables"}
	if strings.HasPrefix(said, "EOFError") {
		hints = []string{"the project asks a question when it starts, which settings import cannot answer"}
	}
	return fail.Hint(fmt.Errorf("%s manage.py shell failed: %s", strings.Join(python, " "), said), hints...)
}

// exceptionLine begins what Python says of an exception.
var exceptionLine = regexp.MustCompile(`^[A-Za-z_][\w.]*(: |$)`)

// passwordInURL is what must not be said of a URL.
var passwordInURL = regexp.MustCompile(`(://[^:@/\s]*):[^@\s]*@`)

// saidAtMost is how much is said of an exception.
const saidAtMost = 400

// lastException is the last exception of what Python wrote, without its
// traceback, or else the last line.
func lastException(stderr string) string {
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	last := len(lines) - 1
	for i := last; i >= 0 && i > last-20; i-- {
		if exceptionLine.MatchString(lines[i]) && strings.Contains(stderr, "Traceback") {
			name, rest, _ := strings.Cut(lines[i], ": ")
			lines[i] = name[strings.LastIndexByte(name, '.')+1:]
			if rest != "" {
				lines[i] += ": " + rest
			}
			last = i
			break
		}
	}
	said := strings.Join(strings.Fields(strings.Join(lines[last:], " ")), " ")
	said = passwordInURL.ReplaceAllString(said, "$1:xxxxx@")
	if len(said) > saidAtMost {
		said = strings.ToValidUTF8(said[:saidAtMost], "") + "..."
	}
	return said
}
