package djsession_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDifferencesHaveTests: each row of DIFFERENCES.md names a test that is
// there.
func TestDifferencesHaveTests(t *testing.T) {
	text, err := os.ReadFile("DIFFERENCES.md")
	if err != nil {
		t.Fatal(err)
	}
	folders := map[string]string{"": ".", "interop.": "internal/interop", "dbtest.": "internal/dbtest", "signing.": "../signing",
		"auth.": "auth", "csrf.": "csrf", "hashers.": "auth/hashers", "cachestore.": "cachestore", "messages.": "messages", "forwardauth.": "forwardauth"}
	named := regexp.MustCompile("`(|interop\\.|dbtest\\.|signing\\.|auth\\.|csrf\\.|hashers\\.|cachestore\\.|messages\\.|forwardauth\\.)(Test\\w+)`")
	rows := 0
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| ---") || strings.Contains(line, "| test |") {
			continue
		}
		rows++
		tests := named.FindAllStringSubmatch(line, -1)
		if len(tests) == 0 && !strings.Contains(line, "| the same |") && !strings.Contains(line, "`storetest`") {
			t.Errorf("no test is named: %s", line)
		}
		for _, m := range tests {
			if !declared(t, folders[m[1]], m[2]) {
				t.Errorf("there is no %s%s", m[1], m[2])
			}
		}
	}
	if rows < 20 {
		t.Errorf("only %d rows", rows)
	}
}

func declared(t *testing.T, folder, test string) bool {
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(source), "func "+test+"(") {
			return true
		}
	}
	return false
}
