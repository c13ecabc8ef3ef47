package cli

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"

	"charm.land/lipgloss/v2"
	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/survey"
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
	if b.Cache != nil { // there is no signature, and each Django reads what its own cache wrote
		report.Layouts[0].Sessions, report.Layouts[1].Sessions = 0, 0
		report.Algorithms[0].Sessions, report.Algorithms[1].Sessions = 0, 0
		report.Keys, report.Readers = []survey.Bucket{}, []survey.ReaderReport{}
	}
	if html != "" {
		err := writeWhole(html, true, func(w io.Writer) error { return report.HTML(w, b.Where) })
		if err != nil {
			return err
		}
		a.say("wrote %s", html)
	}
	switch {
	case a.json:
		return printJSON(a.stdout, report)
	case html != "":
		return nil
	}
	sheet := a.sheet()
	sheet.stats(report, b.Where)
	_, err = a.stdout.Write([]byte(sheet.String()))
	return err
}

// openToSurvey is openToRead for commands that count what can be read, for
// which the key must be there.
func (a *app) openToSurvey(ctx context.Context) (*backend, *site, error) {
	if a.unsafe {
		return nil, nil, usagef("--no-verify is for looking at sessions: this counts what the keys can read")
	}
	return a.openToRead(ctx)
}

// source is all sessions of a store in a state, read as fast as it can be; done
// ends the showing of progress.
func (a *app) source(ctx context.Context, b *backend, s *site, state djsession.State) (src *survey.Source, done func(), err error) {
	lister, ok := b.Store.(djsession.Lister)
	if !ok {
		return nil, nil, errNotListed
	}
	src = &survey.Source{Store: lister, Codec: s.codec(djsession.Encoding{}, 0), Text: b.Text, List: djsession.ListOptions{Order: djsession.OrderAny, State: state, PageSize: 1000}}
	// What a walk allocates is soon forgotten: collecting it half as often
	// saves a seventh of the time, and costs some 20 MiB.
	debug.SetGCPercent(200)
	p := a.progress("reading", a.countFor(ctx, lister, src.List))
	src.Progress = p.set
	return src, p.clear, nil
}

// stats draws a report.
func (s *sheet) stats(r *survey.Report, where string) {
	s.head(humanize.Comma(r.Sessions)+" sessions", "in "+where+", "+humanize.IBytes(uint64(r.Stored.Total)))
	if r.Sessions == 0 {
		return
	}
	t := s.theme
	s.bars([]bar{{"live", r.Live.Sessions, t.good}, {"expired", r.Expired.Sessions, t.dim}}, r.Sessions)

	if r.Live.Sessions > 0 {
		s.head("Whose", "live sessions")
		s.bars([]bar{
			{"logged in", r.Live.LoggedIn, t.good},
			{"anonymous", r.Live.Anonymous, t.name},
			{"empty", r.Live.Empty, t.dim},
			{"unreadable", r.Live.Unread, t.bad},
		}, r.Live.Sessions)
	}
	s.encodings(r)
	s.head("Size in the store", fmt.Sprintf("mean %s, median %s, 90 %% up to %s, 99 %% up to %s, largest %s",
		size(r.Stored.Mean), size(r.Stored.Median), size(r.Stored.P90), size(r.Stored.P99), size(r.Stored.Max)))
	s.bars(bars(survey.Shown(r.Stored.Bands), t.name), 0)
	if r.Live.Sessions > 0 {
		s.head("Last saved", "live sessions")
		s.bars(append(bars(survey.Shown(r.Ages), t.name), bar{"not known", r.Undated, t.dim}), 0)
		s.head("Ends", "live sessions")
		s.bars(bars(survey.Shown(r.Expiring), t.good), 0)
	}
	if r.Expired.Sessions > 0 {
		s.head("Expired, and still there", "'djsession clear' deletes them")
		s.bars(bars(survey.Shown(r.ExpiredSince), t.dim), 0)
	}
	s.tops(r)
}

func size(n int64) string { return humanize.IBytes(uint64(n)) }

func bars(buckets []survey.Bucket, style lipgloss.Style) []bar {
	var bars []bar
	for _, b := range buckets {
		bars = append(bars, bar{b.Title, b.Sessions, style})
	}
	return bars
}

// encodings says how sessions are written, and who can read them.
func (s *sheet) encodings(r *survey.Report) {
	t := s.theme
	if r.Layouts[0].Sessions+r.Layouts[1].Sessions > 0 {
		s.head("How they are written", "")
		all := []bar{
			{"modern layout", r.Layouts[0].Sessions, t.good},
			{"legacy layout", r.Layouts[1].Sessions, t.warn},
		}
		for _, b := range r.Serializers {
			style := t.good
			if b.Title == "pickle" {
				style = t.warn
			}
			all = append(all, bar{b.Title, b.Sessions, style})
		}
		for i, b := range r.Keys {
			style := t.good
			if i > 0 {
				style = t.warn
			}
			all = append(all, bar{b.Title, b.Sessions, style})
		}
		all = append(all, bar{"compressed", r.Compressed, t.dim})
		s.bars(all, r.Sessions)

		s.head("Which Django can read them", "with the same keys")
		all = nil
		for _, reader := range r.Readers {
			label := reader.Django
			if reader.Serializer == "pickle" {
				label += ", PickleSerializer"
			}
			all = append(all, bar{label, reader.Sessions, t.name})
		}
		s.bars(all, r.Sessions)
	}
	if len(r.Unreadable) > 0 {
		s.head("Not readable with these keys", "'djsession audit' tells more")
		s.bars(bars(r.Unreadable, t.bad), r.Sessions)
	}
}

func (s *sheet) tops(r *survey.Report) {
	t := s.theme
	if len(r.Users.Top) > 0 {
		note := humanize.Comma(r.Users.Distinct) + " users are logged in"
		if !r.Users.Exact {
			note = fmt.Sprintf("more than %s users are logged in; counts may be %d too small", humanize.Comma(r.Users.Distinct), r.Users.MaxError)
		}
		s.head("Users with most live sessions", note)
		var all []bar
		for _, u := range r.Users.Top {
			all = append(all, bar{"user " + u.User, u.Sessions, t.name})
		}
		s.bars(all, 0)
	}
	if len(r.Names) > 0 {
		s.head("Names in most sessions", "")
		var all []bar
		for _, n := range r.Names {
			all = append(all, bar{n.Name, n.Sessions, t.name})
		}
		s.bars(all, r.Sessions)
	}
	if len(r.Largest) > 0 {
		s.head("Largest sessions", "'djsession show @...' shows one")
		var rows [][]string
		for _, l := range r.Largest {
			whose := "nobody's"
			switch {
			case l.Reason != "":
				whose = string(l.Reason)
			case l.User != "":
				whose = "user " + l.User
			}
			rows = append(rows, []string{"@" + l.Key, size(l.Bytes), whose})
		}
		s.rows(rows, 1)
	}
}
