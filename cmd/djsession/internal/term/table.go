package term

import (
	"bufio"
	"encoding/csv"
	"strconv"
	"strings"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"

	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
)

// A Table prints rows as they come: a table for people, plain columns when
// piped, or CSV.
type Table struct {
	t       *Terminal
	columns []string
	rows    [][]string
	began   bool
	CSV     *csv.Writer
	plain   *bufio.Writer
	style   func(row []string, column int) lipgloss.Style
}

// TableRows is how many rows are aligned with each other: memory stays bounded
// however many there are.
const TableRows = 1000

// NewTable begins a table. Style, if not nil, chooses the look of a cell on a
// terminal.
func (t *Terminal) NewTable(asCSV bool, style func(row []string, column int) lipgloss.Style, columns ...string) *Table {
	l := &Table{t: t, columns: columns, style: style, plain: bufio.NewWriter(t.Stdout)}
	if asCSV {
		l.CSV = csv.NewWriter(l.plain)
	}
	return l
}

// Add adds a row of as many cells as there are columns.
func (l *Table) Add(cells ...string) error {
	for i := range cells {
		cells[i] = human.Printable(cells[i])
	}
	if l.CSV != nil {
		if !l.began {
			l.began = true
			if err := l.CSV.Write(l.columns); err != nil {
				return err
			}
		}
		for i := range cells[1:] { // the first is the session's name, which is ours
			cells[i+1] = noFormula(cells[i+1])
		}
		return l.CSV.Write(cells)
	}
	l.rows = append(l.rows, cells)
	if len(l.rows) == TableRows {
		return l.Flush()
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

// Flush prints what was added.
func (l *Table) Flush() error {
	if l.CSV != nil {
		if !l.began {
			l.began = true
			_ = l.CSV.Write(l.columns) // Flush has the error
		}
		l.CSV.Flush()
		if err := l.CSV.Error(); err != nil {
			return err
		}
		return l.plain.Flush()
	}
	if len(l.rows) == 0 {
		return nil
	}
	theme := l.t.Theme()
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
			style = theme.Head
		case l.style != nil && l.t.colours():
			style = l.style(l.rows[row], column)
		}
		if column < last {
			style = style.PaddingRight(2)
		}
		return style
	})
	width, table := l.t.Width(), t.Render()
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
