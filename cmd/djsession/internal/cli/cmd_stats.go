package cli

import (
	"context"
	"fmt"
	"io"

	"charm.land/lipgloss/v2"
	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/survey"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
	"github.com/djsession/djsession-go/djsession"
)

func (a *app) statsCommand() *cobra.Command {
	var html string
	cmd := &cobra.Command{
		Use:     "stats",
		GroupID: groupCare,
		Short:   "Count all sessions: whose, how old, how large, how encoded",
		Long: `Stats reads every session once and shows what is there: live and expired, logged in and anonymous, sizes and ages, when
they will end, which Django can read them, whose most are, and the names in most.

It reads in pages and holds no lock; memory does not grow with the table. Users, ages and ends are those of live sessions.
Names are of all. --json prints the same for programs, and --html writes a page to look at and send on: it holds ids of
users and names in sessions, and neither keys nor values.`,
		Example: `  djsession stats
  djsession stats --html sessions.html
  djsession stats --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.stats(cmd.Context(), html) },
	}
	cmd.Flags().StringVar(&html, "html", "", "write a page to `FILE`, which only its owner can read")
	return cmd
}

func (a *app) stats(ctx context.Context, html string) error {
	b, s, err := a.openToSurvey(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	src, done, err := a.source(ctx, b, s, djsession.StateAny)
	if err != nil {
		return err
	}
	report, err := survey.Take(ctx, src, a.now())
	done()
	if err != nil {
		return err
	}
	if b.Cache != nil { // caches do not sign, and each Django reads what its own cache wrote
		report.Layouts[0].Sessions, report.Layouts[1].Sessions = 0, 0
		report.Algorithms[0].Sessions, report.Algorithms[1].Sessions = 0, 0
		report.Keys, report.Readers = []survey.Bucket{}, []survey.ReaderReport{}
	}
	if html != "" {
		err := writeWhole(html, true, func(w io.Writer) error { return report.HTML(w, b.Where) })
		if err != nil {
			return err
		}
		a.Say("wrote %s", html)
	}
	switch {
	case a.json:
		return term.PrintJSON(a.Stdout, report)
	case html != "":
		return nil
	}
	sheet := a.Sheet()
	drawStats(sheet, report, b.Where)
	_, err = a.Stdout.Write([]byte(sheet.String()))
	return err
}

// drawStats draws a report.
func drawStats(s *term.Sheet, r *survey.Report, where string) {
	s.Head(humanize.Comma(r.Sessions)+" sessions", "in "+where+", "+humanize.IBytes(uint64(r.Stored.Total)))
	if r.Sessions == 0 {
		return
	}
	t := s.Theme
	s.Bars([]term.Bar{{Label: "live", N: r.Live.Sessions, Style: t.Good}, {Label: "expired", N: r.Expired.Sessions, Style: t.Dim}}, r.Sessions)

	if r.Live.Sessions > 0 {
		s.Head("Whose", "live sessions")
		s.Bars([]term.Bar{
			{Label: "logged in", N: r.Live.LoggedIn, Style: t.Good},
			{Label: "anonymous", N: r.Live.Anonymous, Style: t.Name},
			{Label: "empty", N: r.Live.Empty, Style: t.Dim},
			{Label: "unreadable", N: r.Live.Unread, Style: t.Bad},
		}, r.Live.Sessions)
	}
	drawEncodings(s, r)
	s.Head("Size in the store", fmt.Sprintf("mean %s, median %s, 90 %% up to %s, 99 %% up to %s, largest %s",
		size(r.Stored.Mean), size(r.Stored.Median), size(r.Stored.P90), size(r.Stored.P99), size(r.Stored.Max)))
	s.Bars(barsOf(survey.Shown(r.Stored.Bands), t.Name), 0)
	if r.Live.Sessions > 0 {
		s.Head("Last saved", "live sessions")
		s.Bars(append(barsOf(survey.Shown(r.Ages), t.Name), term.Bar{Label: "not known", N: r.Undated, Style: t.Dim}), 0)
		s.Head("Ends", "live sessions")
		s.Bars(barsOf(survey.Shown(r.Expiring), t.Good), 0)
	}
	if r.Expired.Sessions > 0 {
		s.Head("Expired, and still there", "'djsession clear' deletes them")
		s.Bars(barsOf(survey.Shown(r.ExpiredSince), t.Dim), 0)
	}
	drawTops(s, r)
}

func size(n int64) string { return humanize.IBytes(uint64(n)) }

func barsOf(buckets []survey.Bucket, style lipgloss.Style) []term.Bar {
	var bars []term.Bar
	for _, b := range buckets {
		bars = append(bars, term.Bar{Label: b.Title, N: b.Sessions, Style: style})
	}
	return bars
}

// drawEncodings says how sessions are written, and who can read them.
func drawEncodings(s *term.Sheet, r *survey.Report) {
	t := s.Theme
	if r.Layouts[0].Sessions+r.Layouts[1].Sessions > 0 {
		s.Head("How they are written", "")
		all := []term.Bar{
			{Label: "modern layout", N: r.Layouts[0].Sessions, Style: t.Good},
			{Label: "legacy layout", N: r.Layouts[1].Sessions, Style: t.Warn},
		}
		for _, b := range r.Serializers {
			style := t.Good
			if b.Title == "pickle" {
				style = t.Warn
			}
			all = append(all, term.Bar{Label: b.Title, N: b.Sessions, Style: style})
		}
		for i, b := range r.Keys {
			style := t.Good
			if i > 0 {
				style = t.Warn
			}
			all = append(all, term.Bar{Label: b.Title, N: b.Sessions, Style: style})
		}
		all = append(all, term.Bar{Label: "compressed", N: r.Compressed, Style: t.Dim})
		s.Bars(all, r.Sessions)

		s.Head("Which Django can read them", "with the same keys")
		all = nil
		for _, reader := range r.Readers {
			label := reader.Django
			if reader.Serializer == "pickle" {
				label += ", PickleSerializer"
			}
			all = append(all, term.Bar{Label: label, N: reader.Sessions, Style: t.Name})
		}
		s.Bars(all, r.Sessions)
	}
	if len(r.Unreadable) > 0 {
		s.Head("Not readable with these keys", "'djsession audit' tells more")
		s.Bars(barsOf(r.Unreadable, t.Bad), r.Sessions)
	}
}

func drawTops(s *term.Sheet, r *survey.Report) {
	t := s.Theme
	if len(r.Users.Top) > 0 {
		note := humanize.Comma(r.Users.Distinct) + " users are logged in"
		if !r.Users.Exact {
			note = fmt.Sprintf("more than %s users are logged in; counts may be %d too small", humanize.Comma(r.Users.Distinct), r.Users.MaxError)
		}
		s.Head("Users with most live sessions", note)
		var all []term.Bar
		for _, u := range r.Users.Top {
			all = append(all, term.Bar{Label: "user " + u.User, N: u.Sessions, Style: t.Name})
		}
		s.Bars(all, 0)
	}
	if len(r.Names) > 0 {
		s.Head("Names in most sessions", "")
		var all []term.Bar
		for _, n := range r.Names {
			all = append(all, term.Bar{Label: n.Name, N: n.Sessions, Style: t.Name})
		}
		s.Bars(all, r.Sessions)
	}
	if len(r.Largest) > 0 {
		s.Head("Largest sessions", "'djsession show @...' shows one")
		var rows [][]string
		for _, l := range r.Largest {
			whose := "no user's"
			switch {
			case l.Reason != "":
				whose = string(l.Reason)
			case l.User != "":
				whose = "user " + l.User
			}
			rows = append(rows, []string{"@" + l.Key, size(l.Bytes), whose})
		}
		s.Rows(rows, 1)
	}
}
