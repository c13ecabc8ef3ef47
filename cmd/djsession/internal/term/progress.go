package term

import (
	"time"

	"github.com/schollz/progressbar/v3"
)

// A Progress shows on stderr how far a long walk has come, at which rate, and
// how long it will take; nothing unless a person watches.
type Progress struct{ bar *progressbar.ProgressBar }

// Progress begins to show one. An unknown total, -1, is a rate alone.
func (t *Terminal) Progress(what string, total int64) *Progress {
	if !IsTerminal(t.Stderr) || t.env("TERM") == "dumb" {
		return &Progress{}
	}
	width, whole := barWidth(widthOf(t.Stderr))
	if width <= 0 {
		return &Progress{}
	}
	opts := []progressbar.Option{
		progressbar.OptionSetWriter(t.Stderr),
		progressbar.OptionSetDescription(what),
		progressbar.OptionSetTheme(progressbar.Theme{Saucer: "█", SaucerHead: "█", SaucerPadding: "░", BarStart: "", BarEnd: ""}),
		progressbar.OptionSetWidth(width),
		progressbar.OptionShowCount(),
		progressbar.OptionSetElapsedTime(whole),
		progressbar.OptionSetPredictTime(whole),
		progressbar.OptionThrottle(100 * time.Millisecond),
		progressbar.OptionSetRenderBlankState(true),
		progressbar.OptionClearOnFinish(),
	}
	if whole {
		opts = append(opts, progressbar.OptionShowIts(), progressbar.OptionSetItsString("session"))
	}
	return &Progress{progressbar.NewOptions64(total, opts...)}
}

// barWidth is how long a bar can be, so that the line with it fits into a
// terminal: a line that breaks cannot be taken away. Whole is whether rate and
// times have room as well.
func barWidth(terminal int) (width int, whole bool) {
	const brief, full = len("reading 100% (1234567/1234567) "), len("reading 100% (1234567/1234567, 123456 session/s) [12m34s:12m34s] ")
	if room := terminal - full; room >= 5 {
		return min(room, 30), true
	}
	return min(terminal-brief, 30), false
}

// Set shows how many are done.
func (p *Progress) Set(done int64) {
	if p.bar != nil {
		_ = p.bar.Set64(done) // a closed terminal does not stop the command
	}
}

// Clear takes it away, so that other talk has the line for itself.
func (p *Progress) Clear() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}
