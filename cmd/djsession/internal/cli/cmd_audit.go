package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/audit"
	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
	"github.com/djsession/djsession-go/djsession"
)

func (a *app) auditCommand() *cobra.Command {
	var target string
	cmd := &cobra.Command{
		Use:     "audit --target VERSION",
		GroupID: groupCare,
		Short:   "Tell what an upgrade of Django would do to the sessions",
		Long: `Audit reads all live sessions and tells what a new version of Django would make of them: those it could not read, and users
whom it would log out, by count and by example, with what to do about each.

It exits with 0 if nothing would be lost and with 5 if something would, so that a deployment can wait for it.`,
		Example: `  djsession audit --target 5.2 || echo "not yet"
  djsession audit --target 6.1 --json > audit.json || test $? = 5`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if target == "" {
				return fail.Hint(fail.Usagef("which upgrade?"), "--target takes the version that you want to go to: "+strings.Join(audit.Targets, ", "))
			}
			known := audit.KnownTarget(target)
			if known == "" {
				return fail.Hint(fail.Usagef("unknown target %q", target), "these are known, and later ones: "+strings.Join(audit.Targets, ", ")+"; sessions are the same in the versions between")
			}
			if known != target {
				a.Say("what Django %s changes is not known here: it is judged as %s", target, known)
			}
			return a.audit(cmd.Context(), target)
		},
	}
	cmd.Flags().StringVar(&target, "target", "", "the `VERSION` to upgrade to: "+strings.Join(audit.Targets, ", "))
	_ = cmd.RegisterFlagCompletionFunc("target", cobra.FixedCompletions(audit.Targets, cobra.ShellCompDirectiveNoFileComp)) // the flag is there
	return cmd
}

func (a *app) audit(ctx context.Context, target string) error {
	b, s, err := a.openToSurvey(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	if b.Cache != nil {
		return fail.Hint(fmt.Errorf("the sessions in %s are not signed", b.Where), "audit is about signatures and layouts, which are in tables and files: no upgrade loses these")
	}
	src, done, err := a.source(ctx, b, s, djsession.StateLive)
	if err != nil {
		return err
	}
	report, err := audit.Run(ctx, src, target, hashOf(s), a.now())
	done()
	if err != nil {
		return err
	}
	if a.json {
		err = term.PrintJSON(a.Stdout, report)
	} else {
		sheet := a.Sheet()
		drawAudit(sheet, report, b.Where)
		_, err = a.Stdout.Write([]byte(sheet.String()))
	}
	if err != nil {
		return err
	}
	if report.Breaking > 0 {
		return fail.WithStatus(fail.Findings, fmt.Errorf("an upgrade to Django %s would lose %s", target, sessionCount(int(report.Breaking))))
	}
	return nil
}

// hashOf is what the site's session auth hashes are.
func hashOf(s *settings.Site) audit.Hash {
	switch {
	case s.Lacks(settings.OwnHash):
		return audit.OwnHash
	case s.Values["session_auth_hash"] == "none":
		return audit.NoHash
	}
	return audit.DjangoHash
}

// drawAudit draws a report.
func drawAudit(s *term.Sheet, r *audit.Report, where string) {
	t := s.Theme
	s.Head("Upgrade to Django "+r.Target, humanize.Comma(r.Sessions)+" live sessions in "+where)
	if r.Sessions > 0 {
		s.Bars([]term.Bar{
			{Label: "safe", N: r.Sessions - r.Breaking, Style: t.Good},
			{Label: "lost", N: r.Breaking, Style: t.Bad},
			{Label: "logged out", N: r.LogsOut, Style: t.Bad},
		}, r.Sessions)
	}
	for _, f := range r.Findings {
		style, word := t.Warn, "note"
		if f.Breaks {
			style, word = t.Bad, "breaks"
		}
		s.WriteString("\n")
		fmt.Fprintf(s, "%s  %s %s\n", style.Render(fmt.Sprintf("%-6s", word)), t.Head.Render(humanize.Comma(f.Sessions)+" "+f.Title), t.Dim.Render("("+f.Code+")"))
		s.Paragraph(8, f.Effect, t.Dim.UnsetForeground())
		s.Paragraph(8, "what to do: "+f.Remedy, t.Name)
		for _, e := range f.Examples {
			whose := "no user's"
			if e.User != "" {
				whose = "user " + e.User
			}
			s.Paragraph(8, fmt.Sprintf("@%s  %s, %s, until %s", e.Key, whose, humanize.IBytes(uint64(e.Size)), e.Expires.Format("2006-01-02 15:04 MST")), t.Dim)
		}
	}
}
