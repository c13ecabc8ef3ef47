package docs

import (
	"flag"
	"fmt"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write llms.txt")

const llmsHead = `# djsession

> Django sessions for Go: a Go service next to a Django site shares its logins, both ways, through the cookie sessionid.

Begin with README.md. ARCHITECTURE.md says what the pieces are. Traps:

- Decoding a session authenticates no one. Use package auth: it checks the backend, the user, is_active and the auth hash.
- A store that fails is an error, not an anonymous visitor: answer it with djsession.Error.
- Put Manager.Handler around the whole router: it must see the first byte of the response.
- Options are structs. Nil and the zero value are Django's defaults.
- Errors hold no session key and no secret. Keep it so.

## Packages

`

// TestLLMs holds llms.txt, which is made from the packages' own documentation.
// Run it with -update after a change.
func TestLLMs(t *testing.T) {
	var b strings.Builder
	b.WriteString(llmsHead)
	for _, dir := range publicPackages(t) {
		fmt.Fprintf(&b, "- [%s](https://pkg.go.dev/github.com/djsession/djsession-go/%[1]s): %s\n", dir, synopsis(t, dir))
	}
	path := filepath.Join(root, "llms.txt")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != b.String() {
		t.Error("llms.txt is not what the packages say: go test ./djsession/internal/docs -run LLMs -update")
	}
}

// publicPackages returns the directories of the packages that others may
// import, sorted.
func publicPackages(t *testing.T) []string {
	t.Helper()
	var dirs []string
	for path := range goFiles(t) {
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			t.Fatal(err)
		}
		dir = filepath.ToSlash(dir)
		part := func(name string) bool { return slices.Contains(strings.Split(dir, "/"), name) }
		if !part("internal") && !part("cmd") && !part("examples") && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	slices.Sort(dirs)
	return dirs
}

func synopsis(t *testing.T, dir string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if file.Doc != nil {
			return new(doc.Package).Synopsis(file.Doc.Text())
		}
	}
	t.Errorf("%s has no package comment", dir)
	return ""
}
