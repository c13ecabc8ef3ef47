package docs

import (
	"bufio"
	"regexp"
	"strings"
	"testing"
)

// avoided are words with a plainer one: the subject of the sentence, directory,
// again, space.
var avoided = regexp.MustCompile(`(?i)\b(nobody|somebody|anybody|everybody|whoever|folders?|anew|blanks?)\b`)

// TestPlainWords finds comments of the shipped code with words that a reader
// must translate. Names in quotes are not words.
func TestPlainWords(t *testing.T) {
	for path, file := range goFiles(t) {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		lines := bufio.NewScanner(file)
		for n := 1; lines.Scan(); n++ {
			_, comment, _ := strings.Cut(lines.Text(), "// ")
			if word := avoided.FindString(comment); word != "" && !strings.Contains(comment, "://") && !strings.Contains(comment, `"`+word) {
				t.Errorf("%s:%d: got %q in a comment, want a plainer word", path, n, word)
			}
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
	}
}
