package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/audit"
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
				return hint(usagef("which upgrade?"), "--target takes the version that you want to go to: "+strings.Join(audit.Targets, ", "))
			}
			known := audit.KnownTarget(target)
			if known == "" {
				return hint(usagef("unknown target %q", target), "these are known, and later ones: "+strings.Join(audit.Targets, ", ")+"; sessions are the same in the versions between")
			}
			if known != target {
				a.say("what Django %s changes is not known here: it is judged as %s", target, known)
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
		return hint(fmt.Errorf("the sessions in %s are not signed", b.Where), "audit is about signatures and layouts, which are in tables and files: no upgrade loses these")
	}
	src, done, err := a.source(ctx, b, s, djsession.StateLive)
	if err != nil {
		return err
	}
	report, err := audit.Run(ctx, src, target, s.hash(), a.now())
	done()
	if err != nil {
		return err
	}
	if a.json {
		err = printJSON(a.stdout, report)
	} else {
		sheet := a.sheet()
		sheet.audit(report, b.Where)
		_, err = a.stdout.Write([]byte(sheet.String()))
	}
	if err != nil {
		return err
	}
	if report.Breaking > 0 {
		return withStatus(statusFindings, fmt.Errorf("an upgrade to Django %s would lose %s", target, sessionCount(int(report.Breaking))))
	}
	return nil
}

// hash is what the site's session auth hashes are.
func (s *site) hash() audit.Hash {
	switch {
	case s.lacks(ownHash):
		return audit.OwnHash
	case s.values["session_auth_hash"] == "none":
		return audit.NoHash
	}
	return audit.DjangoHash
}

// audit draws a report.
func (s *sheet) audit(r *audit.Report, where string) {
	t := s.theme
	s.head("Upgrade to Django "+r.Target, humanize.Comma(r.Sessions)+" live sessions in "+where)
	if r.Sessions > 0 {
		s.bars([]bar{
			{"safe", r.Sessions - r.Breaking, t.good},
			{"lost", r.Breaking, t.bad},
			{"logged out", r.LogsOut, t.bad},
		}, r.Sessions)
	}
	for _, f := range r.Findings {
		style, word := t.warn, "note"
		if f.Breaks {
			style, word = t.bad, "breaks"
		}
		s.WriteString("\n")
		fmt.Fprintf(s, "%s  %s %s\n", style.Render(fmt.Sprintf("%-6s", word)), t.head.Render(humanize.Comma(f.Sessions)+" "+f.Title), t.dim.Render("("+f.Code+")"))
		s.paragraph(8, f.Effect, t.dim.UnsetForeground())
		s.paragraph(8, "what to do: "+f.Remedy, t.name)
		for _, e := range f.Examples {
			whose := "nobody's"
			if e.User != "" {
				whose = "user " + e.User
			}
			s.paragraph(8, fmt.Sprintf("@%s  %s, %s, until %s", e.Key, whose, humanize.IBytes(uint64(e.Size)), e.Expires.Format("2006-01-02 15:04 MST")), t.dim)
		}
	}
}
