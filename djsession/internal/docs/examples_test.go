package docs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPackagesHaveExamples: go doc shows how each package is used.
func TestPackagesHaveExamples(t *testing.T) {
	for _, dir := range publicPackages(t) {
		names, err := filepath.Glob(filepath.Join(root, dir, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			found = found || strings.Contains(string(text), "\nfunc Example")
		}
		if !found {
			t.Errorf("%s has no example", dir)
		}
	}
}
