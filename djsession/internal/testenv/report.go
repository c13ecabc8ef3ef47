package testenv

import (
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
)

// Report writes a table of what tests will run with and what not, and why. It
// starts nothing.
func Report(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "WITH\tRUNS\tWHERE, OR WHY NOT")
	for _, k := range kinds {
		where, err := k.where()
		row(table, k.name, where, err)
	}
	browser, err := findBrowser()
	row(table, "Chromium", browser, err)
	anyDjango := false
	for _, r := range releases {
		e, err := r.environment()
		if err != nil {
			if system, systemErr := systemDjango(); systemErr == nil && series(system.Django) == r.series {
				e, err = system, nil
			}
		}
		anyDjango = anyDjango || err == nil
		row(table, "Django "+r.version, e.where(), err)
	}
	if e, err := systemDjango(); !anyDjango && err == nil {
		row(table, "Django "+e.Django, e.where(), nil)
	}
	return table.Flush()
}

func row(w io.Writer, name, where string, err error) {
	if err != nil {
		fmt.Fprintf(w, "%s\tno\t%v\n", name, err)
		return
	}
	fmt.Fprintf(w, "%s\tyes\t%s\n", name, where)
}

func (k *kind) where() (string, error) {
	if given := os.Getenv(k.variable); given != "" {
		server, err := k.given(given)
		if err != nil {
			return "", err
		}
		return "the one at " + server.Addr() + ", named by " + k.variable, nil
	}
	program, err := k.program(k.programs...)
	if err != nil {
		return "", fmt.Errorf("%w (%s)", err, k.hint())
	}
	return "a private one: " + program, nil
}

func (e environment) where() string {
	if e.System {
		return "the system's own, Python " + e.PythonVersion
	}
	text := "Python " + e.PythonVersion
	if len(e.LeftOut) > 0 {
		text += ", without " + strings.Join(e.LeftOut, ", ")
	}
	return text
}
