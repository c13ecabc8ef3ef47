package cli

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/dustin/go-humanize"

	"github.com/djsession/djsession-go/cmd/djsession/internal/survey"
)

// A bar is a line of a chart: a name, a number, and how much that is.
type bar struct {
	label string
	n     int64
	style lipgloss.Style
}

// A sheet is a report for people, section by section.
type sheet struct {
	strings.Builder
	theme theme
	width int
}

func (a *app) sheet() *sheet { return &sheet{theme: a.theme(), width: min(a.width(), 100)} }

// head begins a section. What it is about can be said more closely behind it.
func (s *sheet) head(title, note string) {
	if s.Len() > 0 {
		s.WriteString("\n")
	}
	if note == "" || lipgloss.Width(title)+2+lipgloss.Width(note) <= s.width {
		s.WriteString(strings.TrimRight(s.theme.head.Render(title)+"  "+s.theme.dim.Render(note), " ") + "\n")
		return
	}
	s.WriteString(s.theme.head.Render(title) + "\n")
	s.paragraph(2, note, s.theme.dim)
}

// bars draws bars of a common scale; of is what 100 % is, or 0 for no
// percentages.
func (s *sheet) bars(bars []bar, of int64) {
	labels, counts := 0, 0
	var most int64
	for i := range bars {
		if bars[i].label = printable(bars[i].label); bars[i].label == "" {
			bars[i].label = `""`
		}
		labels = max(labels, lipgloss.Width(bars[i].label))
		counts = max(counts, len(humanize.Comma(bars[i].n)))
		most = max(most, bars[i].n)
	}
	labels = min(labels, 40, max(10, s.width-counts-len("  ")*3-len("  100.0 %")-shortestBar))
	scale := most
	if of > 0 {
		scale = of
	}
	room := max(shortestBar, min(longestBar, s.width-labels-counts-len("  ")*3-len("  100.0 %")))
	for _, b := range bars {
		label := lipgloss.NewStyle().Width(labels).MaxWidth(labels).MaxHeight(1).Render(b.label)
		count := fmt.Sprintf("%*s", counts, humanize.Comma(b.n))
		line := "  " + label + "  " + count + "  " + b.style.Render(drawBar(b.n, scale, room))
		if of > 0 {
			pad := strings.Repeat(" ", room-lipgloss.Width(drawBar(b.n, scale, room)))
			line += pad + s.theme.dim.Render(fmt.Sprintf("%9s", survey.Share(b.n, of)))
		}
		s.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// longestBar is how long bars grow on a wide terminal, and shortestBar what a
// narrow one has.
const longestBar, shortestBar = 44, 8

// drawBar is a bar in eighths of a character. What is not nothing can be seen.
func drawBar(n, of int64, width int) string {
	if n <= 0 || of <= 0 {
		return ""
	}
	eighths := max(1, int(float64(n)/float64(of)*float64(width)*8+0.5))
	full := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		full += string([]rune(" ▏▎▍▌▋▊▉")[rest])
	}
	return full
}

// paragraph is a text, indented and broken to the width.
func (s *sheet) paragraph(indent int, text string, style lipgloss.Style) {
	s.item("", indent, text, style)
}

// item is a text that stands beside its title, which is no wider than the
// indent.
func (s *sheet) item(title string, indent int, text string, style lipgloss.Style) {
	block := lipgloss.NewStyle().Width(s.width - indent).Render(printable(text))
	for line := range strings.Lines(block) {
		pad := strings.Repeat(" ", indent-lipgloss.Width(title))
		s.WriteString(title + strings.TrimRight(pad+style.Render(strings.TrimRight(line, " \n")), " ") + "\n")
		title = ""
	}
}

// rows are plain columns, aligned; those in right are numbers.
func (s *sheet) rows(rows [][]string, right ...int) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			row[i] = printable(cell)
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], lipgloss.Width(row[i]))
		}
	}
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-lipgloss.Width(cell))
			isRight := false
			for _, r := range right {
				isRight = isRight || r == i
			}
			if isRight {
				cell = pad + cell
			} else {
				cell += pad
			}
			b.WriteString("  " + cell)
		}
		s.WriteString(strings.TrimRight(b.String(), " ") + "\n")
	}
}
