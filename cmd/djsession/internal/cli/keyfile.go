package cli

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// keyFile returns the lines of a file of keys.
func keyFile(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fileError("read the key", err)
	}
	lines := splitLines(string(text))
	if len(lines) == 0 {
		return nil, fmt.Errorf("%s is empty: it should hold a secret key", path)
	}
	return lines, nil
}

func splitLines(text string) (lines []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// fileError says what was tried with a file, and what the system said.
func fileError(doing string, err error) error {
	if pathErr, ok := err.(*fs.PathError); ok {
		return fmt.Errorf("cannot %s: %s: %w", doing, pathErr.Path, pathErr.Err)
	}
	return fmt.Errorf("cannot %s: %w", doing, err)
}
