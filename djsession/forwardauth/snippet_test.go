package forwardauth_test

import (
	"os"
	"strings"
	"testing"
)

// snippet returns the code in the package's comment that begins so.
func snippet(t *testing.T, first string) string {
	t.Helper()
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "//\t"+first)
	if !ok {
		t.Fatalf("the package's comment has no %q", first)
	}
	lines := []string{first}
	for i, line := range strings.Split(rest, "\n") {
		if i == 0 {
			lines[0] += line
			continue
		}
		code, ok := strings.CutPrefix(line, "//\t")
		if !ok {
			break
		}
		lines = append(lines, code)
	}
	return strings.Join(lines, "\n")
}
