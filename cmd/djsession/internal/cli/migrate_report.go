package cli

import (
	"fmt"
	"strings"

	"github.com/dustin/go-humanize"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/migrate"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
)

// showMigration prints what was done, or would be. It fails if something stays
// that was to go.
func (a *app) showMigration(r *migrate.Report, where string) error {
	var err error
	if a.json {
		err = term.PrintJSON(a.Stdout, r)
	} else {
		sheet := a.Sheet()
		drawMigration(sheet, r, where)
		_, err = a.Stdout.Write([]byte(sheet.String()))
	}
	if err != nil {
		return err
	}
	if left := r.Obstructed + r.Overtaken; left > 0 {
		return fail.WithStatus(fail.Findings, fmt.Errorf("%s left as they were", sessionCount(int(left))))
	}
	if r.Unreadable > 0 {
		u := unread{seen: int(r.Sessions), unknown: int(r.Unreadable)}
		return unreadable(fmt.Errorf("%s: these were left as they were", u), "'djsession stats' tells why")
	}
	return nil
}

// drawMigration draws a report.
func drawMigration(s *term.Sheet, r *migrate.Report, where string) {
	t := s.Theme
	title, word := "Migration to "+strings.Join(r.To, ", "), "rewritten"
	if r.DryRun {
		title, word = "Dry run: "+strings.ToLower(title[:1])+title[1:], "to rewrite"
	}
	s.Head(title, humanize.Comma(r.Sessions)+" sessions in "+where)
	if r.Sessions == 0 {
		return
	}
	all := []term.Bar{{Label: word, N: r.Rewritten, Style: t.Good}, {Label: "right already", N: r.Unchanged, Style: t.Dim}}
	for _, b := range []term.Bar{{Label: "in the way", N: r.Obstructed, Style: t.Bad}, {Label: "changed meanwhile", N: r.Overtaken, Style: t.Warn}, {Label: "unreadable", N: r.Unreadable, Style: t.Bad}} {
		if b.N > 0 {
			all = append(all, b)
		}
	}
	s.Bars(all, r.Sessions)
	if l := r.Logins; l.Current+l.Renewed+l.Over+l.Unknown > 0 {
		s.Head("Logins", "session auth hashes")
		all = []term.Bar{{Label: "good, and stay", N: l.Current, Style: t.Good}, {Label: "renewed", N: l.Renewed, Style: t.Good}, {Label: "over already", N: l.Over, Style: t.Dim}}
		if l.Unknown > 0 {
			all = append(all, term.Bar{Label: "not looked up", N: l.Unknown, Style: t.Warn})
		}
		s.Bars(all, 0)
	}
	if len(r.Obstacles) > 0 {
		s.Head("What JSON cannot hold", "sessions with it are left as they are")
		var rows [][]string
		var rules []string
		for _, o := range r.Obstacles {
			rule := "no rule converts it"
			if o.Rule != "" {
				rule = "--convert " + o.Rule
				rules = append(rules, o.Rule)
			}
			rows = append(rows, []string{humanize.Comma(o.Values), o.Type, rule, "@" + o.Examples[0].Key + " " + o.Examples[0].Path})
		}
		s.Rows(rows, 0)
		if len(rules) > 1 {
			s.Paragraph(2, "all at once: --convert "+strings.Join(rules, ","), t.Name)
		}
	}
	if r.Logins.Unknown > 0 {
		s.WriteString("\n")
		s.Paragraph(0, "Users were not looked up: logins whose hash is SHA-1, or of an old key, end when the Django that accepts them goes.", t.Warn)
	}
}
