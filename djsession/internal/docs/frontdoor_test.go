package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// doors are the pages that a newcomer reads.
var doors = []string{"README.md", "ARCHITECTURE.md", "CHANGELOG.md", "djsession/DIFFERENCES.md", "djsession/SCALING.md", ".github/CONTRIBUTING.md", ".github/SECURITY.md"}

var link = regexp.MustCompile(`\]\(([^)#\s",]+)[)#]`)

// TestLinks follows each link to a file of the repository.
func TestLinks(t *testing.T) {
	for _, page := range doors {
		text, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s: got a link to %s, which is not there", page, m[1])
			}
		}
	}
}

// TestArchitectureNamesPackages looks for each package below djsession,
// directly, and for those at the top, in ARCHITECTURE.md.
func TestArchitectureNamesPackages(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range publicPackages(t) {
		if strings.Count(dir, "/") <= 1 && !strings.Contains(string(text), "]("+dir+")") {
			t.Errorf("ARCHITECTURE.md does not name %s", dir)
		}
	}
}
