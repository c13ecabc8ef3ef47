package settings

import (
	"fmt"
	"os"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
)

// keyFile returns the lines of a file of keys.
func keyFile(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fail.File("read the key", err)
	}
	lines := Lines(string(text))
	if len(lines) == 0 {
		return nil, fmt.Errorf("%s is empty: it should hold a secret key", path)
	}
	return lines, nil
}

// Lines splits a text into its lines, without those that are empty.
func Lines(text string) (lines []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
