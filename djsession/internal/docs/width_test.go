package docs

import (
	"bufio"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// widest is how many columns a line of a comment may take, a tab being four.
const widest = 80

// TestCommentsFit finds comments that a reader would have to scroll for. Code
// and tables within comments, which are indented, may be wider, and so may
// lines with a URL and the output of examples.
func TestCommentsFit(t *testing.T) {
	for path, file := range goFiles(t) {
		lines := bufio.NewScanner(file)
		output := false
		for n := 1; lines.Scan(); n++ {
			text, isComment := strings.CutPrefix(strings.TrimSpace(lines.Text()), "//")
			output = isComment && (output || strings.HasSuffix(text, "utput:"))
			switch {
			case !isComment, output, strings.HasPrefix(text, "\t"), strings.Contains(text, "://"):
			case utf8.RuneCountInString(strings.ReplaceAll(lines.Text(), "\t", "    ")) > widest:
				t.Errorf("%s:%d is wider than %d columns", path, n, widest)
			}
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// goFiles yields the Go files of the repository, test data apart.
func goFiles(t *testing.T) iter.Seq2[string, *os.File] {
	return func(yield func(string, *os.File) bool) {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && (d.Name() == "testdata" || len(d.Name()) > 2 && d.Name()[0] == '.'):
				return fs.SkipDir
			case d.IsDir() || !strings.HasSuffix(path, ".go"):
				return nil
			}
			file, err := os.Open(path)
			if err != nil {
				return err
			}
			defer file.Close()
			if !yield(path, file) {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
