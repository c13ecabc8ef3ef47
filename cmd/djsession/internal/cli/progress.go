package cli

import (
	"context"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/djsession/djsession-go/djsession"
)

// A progress shows on stderr how far a long walk has come, at which rate, and
// how long it will take; nothing unless a person watches.
type progress struct{ bar *progressbar.ProgressBar }

// progress begins to show one. An unknown total, -1, is a rate alone.
func (a *app) progress(what string, total int64) *progress {
	if !isTerminal(a.stderr) || a.env("TERM") == "dumb" {
		return &progress{}
	}
	width, whole := barWidth(widthOf(a.stderr))
	if width <= 0 {
		return &progress{}
	}
	opts := []progressbar.Option{
		progressbar.OptionSetWriter(a.stderr),
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
	return &progress{progressbar.NewOptions64(total, opts...)}
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

func (p *progress) set(done int64) {
	if p.bar != nil {
		_ = p.bar.Set64(done) // a terminal that is gone is no reason to stop
	}
}

// clear takes it away, so that other talk has the line for itself.
func (p *progress) clear() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}

// countFor is how many sessions a walk will meet, if the store can tell and
// somebody wants to know; else -1.
func (a *app) countFor(ctx context.Context, store any, opts djsession.ListOptions) int64 {
	counter, ok := store.(djsession.Counter)
	if !ok || !isTerminal(a.stderr) {
		return -1
	}
	n, err := counter.Count(ctx, &opts)
	if err != nil {
		return -1 // the walk will say it better
	}
	return n
}
