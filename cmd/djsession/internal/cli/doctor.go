package cli

import (
	"context"
	"errors"
	"fmt"

	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/doctor"
	"github.com/djsession/djsession-go/djsession"
)

func (a *app) doctorCommand() *cobra.Command {
	var cookie string
	cmd := &cobra.Command{
		Use:     "doctor",
		GroupID: groupCare,
		Short:   "Look whether key, table, time zone and cookie are those of the site",
		Long: `Doctor tries what the settings say on what is there, and says what to change: whether the table has Django's columns and
index, how many sessions the keys read and what is usually wrong with a key that reads none, whether expire_date fits the
time at which each session was signed (a wrong time zone or SESSION_COOKIE_AGE shows there), clocks, and the settings of
the database. It reads at most 1000 sessions and writes nothing.

--cookie tries a cookie from a browser: its value, or name=value. Put it into a file and say --cookie "$(cat file)": what is
typed stays in the shell's history.

It exits with 0 if all is well and with 5 if something must be changed.`,
		Example: `  djsession doctor
  djsession doctor --cookie sessionid=bob00000000000000000000000000000`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.doctor(cmd.Context(), cookie) },
	}
	cmd.Flags().StringVar(&cookie, "cookie", "", "a `COOKIE` of the site to try: its value, or name=value")
	return cmd
}

func (a *app) doctor(ctx context.Context, cookie string) error {
	b, s, err := a.openToSurvey(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	if b.Cache != nil {
		return hint(fmt.Errorf("the sessions in %s are not signed", b.Where), "doctor tries keys and time zones, which are in tables and files; 'djsession whoami' says who is logged in by a session, and why nobody is")
	}
	report, err := doctor.Examine(ctx, &doctor.Patient{
		Store:      b.Store,
		Codec:      s.codec(djsession.Encoding{}, 0),
		Text:       b.Text,
		SecretKey:  s.secretKey,
		With:       s.withKey,
		CookieName: s.cookieName,
		CookieAge:  s.cookieAge,
		Cookie:     cookie,
		ValidKey:   s.validKey,
		Local:      s.local,
		DB:         b.DB,
		Dialect:    b.Dialect,
		Schema:     s.schema,
		Table:      b.TableName,
		FillsOwn:   b.App != "",
		Now:        a.now(),
	})
	if err != nil {
		return err
	}
	if a.json {
		err = printJSON(a.stdout, report)
	} else {
		sheet := a.sheet()
		sheet.doctor(report, b.Where)
		_, err = a.stdout.Write([]byte(sheet.String()))
	}
	if err == nil && !report.Healthy {
		err = withStatus(statusFindings, errors.New("something must be changed"))
	}
	return err
}

func (s *sheet) doctor(r *doctor.Report, where string) {
	s.head("Examined "+where, "")
	for _, f := range r.Findings {
		sign, style := "✓", s.theme.good
		switch f.Verdict {
		case doctor.Note:
			sign, style = "!", s.theme.warn
		case doctor.Bad:
			sign, style = "✗", s.theme.bad
		case doctor.Unknown:
			sign, style = "?", s.theme.dim
		}
		s.item(style.Render(sign)+" "+s.theme.head.Render(fmt.Sprintf("%-14s", f.Check)), 17, f.Found, lipgloss.NewStyle())
		if f.Advice != "" {
			s.item("", 17, "→ "+f.Advice, s.theme.name)
		}
	}
}
