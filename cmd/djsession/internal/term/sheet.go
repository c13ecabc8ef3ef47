package term

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/dustin/go-humanize"

	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
)

// A Bar is a line of a chart: a name, a number, and how much that is.
type Bar struct {
	Label string
	N     int64
	Style lipgloss.Style
}

// A Sheet is a report for people, section by section.
type Sheet struct {
	strings.Builder
	Theme Theme
	width int
}

// Sheet begins a report.
func (t *Terminal) Sheet() *Sheet { return &Sheet{Theme: t.Theme(), width: min(t.Width(), 100)} }

// Head begins a section. A remark may follow the title.
func (s *Sheet) Head(title, note string) {
	if s.Len() > 0 {
		s.WriteString("\n")
	}
	if note == "" || lipgloss.Width(title)+2+lipgloss.Width(note) <= s.width {
		s.WriteString(strings.TrimRight(s.Theme.Head.Render(title)+"  "+s.Theme.Dim.Render(note), " ") + "\n")
		return
	}
	s.WriteString(s.Theme.Head.Render(title) + "\n")
	s.Paragraph(2, note, s.Theme.Dim)
}

// Bars draws bars of a common scale; of is what 100 % is, or 0 for no
// percentages.
func (s *Sheet) Bars(bars []Bar, of int64) {
	labels, counts := 0, 0
	var most int64
	for i := range bars {
		if bars[i].Label = human.Printable(bars[i].Label); bars[i].Label == "" {
			bars[i].Label = `""`
		}
		labels = max(labels, lipgloss.Width(bars[i].Label))
		counts = max(counts, len(humanize.Comma(bars[i].N)))
		most = max(most, bars[i].N)
	}
	labels = min(labels, 40, max(10, s.width-counts-len("  ")*3-len("  100.0 %")-shortestBar))
	scale := most
	if of > 0 {
		scale = of
	}
	room := max(shortestBar, min(longestBar, s.width-labels-counts-len("  ")*3-len("  100.0 %")))
	for _, b := range bars {
		label := lipgloss.NewStyle().Width(labels).MaxWidth(labels).MaxHeight(1).Render(b.Label)
		count := fmt.Sprintf("%*s", counts, humanize.Comma(b.N))
		line := "  " + label + "  " + count + "  " + b.Style.Render(drawBar(b.N, scale, room))
		if of > 0 {
			pad := strings.Repeat(" ", room-lipgloss.Width(drawBar(b.N, scale, room)))
			line += pad + s.Theme.Dim.Render(fmt.Sprintf("%9s", human.Share(b.N, of)))
		}
		s.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// longestBar is how long bars grow on a wide terminal, and shortestBar what a
// narrow one has.
const longestBar, shortestBar = 44, 8

// drawBar draws a bar in eighths of a character. A share above zero shows at
// least one eighth.
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

// Paragraph is a text, indented and broken to the width.
func (s *Sheet) Paragraph(indent int, text string, style lipgloss.Style) {
	s.Item("", indent, text, style)
}

// Item prints a text next to its title, which is at most as wide as the indent.
func (s *Sheet) Item(title string, indent int, text string, style lipgloss.Style) {
	block := lipgloss.NewStyle().Width(s.width - indent).Render(human.Printable(text))
	for line := range strings.Lines(block) {
		pad := strings.Repeat(" ", indent-lipgloss.Width(title))
		s.WriteString(title + strings.TrimRight(pad+style.Render(strings.TrimRight(line, " \n")), " ") + "\n")
		title = ""
	}
}

// Rows are plain columns, aligned; those in right are numbers.
func (s *Sheet) Rows(rows [][]string, right ...int) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			row[i] = human.Printable(cell)
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
