package cli

import (
	"bufio"
	"encoding/csv"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/djsession/djsession-go/pyjson"
)

// A theme is how things look: the zero one is plain.
type theme struct {
	head, name, dim, good, warn, bad lipgloss.Style
}

// theme is plain unless a person sees it and wants colours.
func (a *app) theme() theme {
	plain := lipgloss.NewStyle()
	t := theme{plain, plain, plain, plain, plain, plain}
	if !a.colours() {
		return t
	}
	t.head = plain.Bold(true)
	t.name = plain.Foreground(lipgloss.Cyan)
	t.dim = plain.Foreground(lipgloss.BrightBlack)
	t.good = plain.Foreground(lipgloss.Green)
	t.warn = plain.Foreground(lipgloss.Yellow)
	t.bad = plain.Foreground(lipgloss.Red)
	return t
}

func (a *app) colours() bool {
	return isTerminal(a.stdout) && a.env("NO_COLOR") == "" && a.env("TERM") != "dumb"
}

// width is that of the terminal on stdout, or a large number where nothing
// needs to be cut.
func (a *app) width() int { return widthOf(a.stdout) }

func widthOf(stream any) int {
	if f, ok := stream.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return 1 << 20
}

// A lister prints rows as they come: a table for people, plain columns when
// piped, or CSV.
type lister struct {
	app     *app
	columns []string
	rows    [][]string
	began   bool
	csv     *csv.Writer
	plain   *bufio.Writer
	style   func(row []string, column int) lipgloss.Style
}

// tableRows is how many rows are aligned with each other: memory stays bounded
// however many there are.
const tableRows = 1000

// newLister begins a table. Style, if not nil, chooses the look of a cell on a
// terminal.
func (a *app) newLister(asCSV bool, style func(row []string, column int) lipgloss.Style, columns ...string) *lister {
	l := &lister{app: a, columns: columns, style: style, plain: bufio.NewWriter(a.stdout)}
	if asCSV {
		l.csv = csv.NewWriter(l.plain)
	}
	return l
}

// add adds a row of as many cells as there are columns.
func (l *lister) add(cells ...string) error {
	for i := range cells {
		cells[i] = printable(cells[i])
	}
	if l.csv != nil {
		if !l.began {
			l.began = true
			if err := l.csv.Write(l.columns); err != nil {
				return err
			}
		}
		for i := range cells[1:] { // the first is the session's name, which is ours
			cells[i+1] = noFormula(cells[i+1])
		}
		return l.csv.Write(cells)
	}
	l.rows = append(l.rows, cells)
	if len(l.rows) == tableRows {
		return l.flush()
	}
	return nil
}

// noFormula puts an apostrophe before what a spreadsheet would take for a
// formula: what a session's names are can be up to its visitor. Some
// spreadsheets begin a cell after a semicolon, and take full-width signs as
// well.
func noFormula(cell string) string {
	parts := strings.Split(cell, ";")
	for i, part := range parts {
		first, _ := utf8.DecodeRuneInString(strings.TrimLeft(part, " '\""))
		if _, err := strconv.ParseFloat(part, 64); err != nil && strings.ContainsRune("=+-@\uff1d\uff0b\uff0d\uff20", first) {
			parts[i] = "'" + part
		}
	}
	return strings.Join(parts, ";")
}

// flush prints what was added.
func (l *lister) flush() error {
	if l.csv != nil {
		if !l.began {
			l.began = true
			_ = l.csv.Write(l.columns) // Flush has the error
		}
		l.csv.Flush()
		if err := l.csv.Error(); err != nil {
			return err
		}
		return l.plain.Flush()
	}
	if len(l.rows) == 0 {
		return nil
	}
	theme := l.app.theme()
	t := table.New().Border(lipgloss.HiddenBorder()).BorderTop(false).BorderBottom(false).BorderLeft(false).BorderRight(false).
		BorderHeader(false).BorderColumn(false).Wrap(false).Rows(l.rows...)
	if !l.began {
		heads := make([]string, len(l.columns))
		for i, name := range l.columns {
			heads[i] = strings.ToUpper(name)
		}
		t.Headers(heads...)
	}
	last := len(l.columns) - 1
	t.StyleFunc(func(row, column int) lipgloss.Style {
		style := lipgloss.NewStyle()
		switch {
		case row == table.HeaderRow:
			style = theme.head
		case l.style != nil && l.app.colours():
			style = l.style(l.rows[row], column)
		}
		if column < last {
			style = style.PaddingRight(2)
		}
		return style
	})
	width, table := l.app.width(), t.Render()
	cut := lipgloss.Width(table) > width
	l.began = true
	for line := range strings.Lines(table + "\n") {
		if line = strings.TrimRight(line, " \n"); cut {
			line = lipgloss.NewStyle().MaxWidth(width).Render(line)
		}
		_, _ = l.plain.WriteString(line + "\n") // Flush has the error
	}
	l.rows = l.rows[:0]
	return l.plain.Flush()
}

// printJSON prints one value and a new line. Its names and their order are a
// contract.
func printJSON(w io.Writer, value any) error {
	text, err := pyjson.Append(nil, value)
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

func outputTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "output",
		Short: "Tables, JSON, CSV, and what is masked",
		Long: `stdout is data, stderr is talk. On a terminal data comes as tables, with colours unless NO_COLOR is set, and cut to the
terminal's width; into a pipe or file it comes as plain columns, whole.

--csv of list is for spreadsheets: control characters are escaped, and what would be a formula has an apostrophe before it.

--json prints JSON for programs: one object for one thing, one object a line for many (list, export). Names and meanings in
it stay; new names can come. Times are RFC 3339 in UTC. Text is ASCII, numbers are as Python wrote them, and a session may
hold Python's NaN and Infinity. What a pickle holds and JSON cannot is {"$repr": "datetime.date(2026, 1, 2)"} or
{"$bytes": base64}, and what would never end {"$repr": "..."}.

Credentials are shown as ******** unless --reveal says otherwise: _auth_user_hash, csrf tokens, and every value whose name
speaks of a token, secret, password or key, or ends with a word such as code, otp, pin or state, also in JSON or a URL within a
text. So are session keys, for whoever has a key has the session: in their place
stands @ with the first 8 hex digits of the key's SHA-256, which is what djsession's log lines have too. Every command
that takes a session key takes that as well, and looks through the keys of all sessions for it.`,
	}
}
