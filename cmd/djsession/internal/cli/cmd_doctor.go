package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/account"
	"github.com/djsession/djsession-go/cmd/djsession/internal/doctor"
	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
	"github.com/djsession/djsession-go/djsession"
)

func (a *app) doctorCommand() *cobra.Command {
	var cookie, page string
	cmd := &cobra.Command{
		Use:     "doctor",
		GroupID: groupCare,
		Short:   "Look whether key, table, time zone and cookie are those of the site",
		Long: `Doctor tries what the settings say on what is there, and says what to change: whether the table has Django's columns and
index, how many sessions the keys read and what is usually wrong with a key that reads none, whether expire_date fits the
time at which each session was signed (a wrong time zone or SESSION_COOKIE_AGE shows there), how many of the logins are good
and why the others are not, clocks, and the settings of the database. It reads at most 1000 sessions and writes nothing.

--url asks the site for a page, without logging in, and compares path, domain and flags of the cookies that it sends with the
settings. A page that looks at the user, such as https://www.example.org/accounts/login/, tells most.

--cookie tries a cookie from a browser: its value, or name=value. Put it into a file and say --cookie "$(cat file)": what is
typed stays in the shell's history.

It exits with 0 if all is well and with 5 if something must be changed.`,
		Example: `  djsession doctor
  djsession doctor --cookie sessionid=bob00000000000000000000000000000`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.doctor(cmd.Context(), cookie, page) },
	}
	cmd.Flags().StringVar(&page, "url", "", "a page of the site, a `URL` whose cookies are compared with the settings")
	cmd.Flags().StringVar(&cookie, "cookie", "", "a `COOKIE` of the site to try: its value, or name=value")
	return cmd
}

func (a *app) doctor(ctx context.Context, cookie, page string) error {
	s, err := a.settings()
	if err != nil {
		return err
	}
	patient := &doctor.Patient{
		Codec:         s.Codec(djsession.Encoding{}, 0),
		SecretKey:     s.SecretKey,
		With:          s.WithKey,
		CookieName:    s.CookieName,
		CookieAge:     s.CookieAge,
		Cookie:        cookie,
		ValidKey:      s.ValidKey,
		Local:         s.Local,
		URL:           page,
		SessionCookie: cookieSettings(s, "session", s.CookieName, s.CookieAge),
		CSRFCookie:    cookieSettings(s, "csrf", cmp.Or(s.Values["csrf_cookie_name"], "csrftoken"), s.CSRFAge()),
		Now:           a.now(),
	}
	for _, u := range s.Unsupported() {
		patient.Lacks = append(patient.Lacks, doctor.Lack{
			Found: u.Found + ": " + u.Effect, Advice: u.Advice, Closes: u.Closes,
		})
	}
	where := "the settings"
	// A site whose sessions are nowhere has cookies and code of its own to look
	// at.
	if closed := s.Closed(); closed == nil {
		b, _, err := a.openToSurvey(ctx)
		if err != nil {
			return err
		}
		defer b.Close()
		where = b.Where
		patient.Store, patient.Text, patient.DB, patient.Dialect = b.Store, b.Text, b.DB, b.Dialect
		patient.Schema, patient.Table, patient.FillsOwn = s.Schema, b.TableName, b.App != ""
		patient.Unsigned = b.Cache != nil
		if users, err := account.Open(ctx, b, s); err == nil {
			defer users.Close()
			patient.Who = a.whyNot(users)
		}
	} else if page == "" && len(patient.Lacks) == 0 {
		return closed
	}
	report, err := doctor.Examine(ctx, patient)
	if err != nil {
		return err
	}
	if a.json {
		err = term.PrintJSON(a.Stdout, report)
	} else {
		sheet := a.Sheet()
		drawDoctor(sheet, report, where)
		_, err = a.Stdout.Write([]byte(sheet.String()))
	}
	if err == nil && !report.Healthy {
		err = fail.WithStatus(fail.Findings, errors.New("something must be changed"))
	}
	return err
}

// whyNot says why a session's user is not logged in.
func (a *app) whyNot(u *account.Users) func(ctx context.Context, data *djsession.Data) (string, error) {
	return func(ctx context.Context, data *djsession.Data) (string, error) {
		_, err := u.Who(ctx, a.asSession(u.Site, data))
		if why := account.Reason(err); why != "" {
			return why, nil
		}
		return "", err
	}
}

// cookieSettings are what the site is said to send with a cookie.
func cookieSettings(s *settings.Site, kind, name string, age time.Duration) doctor.CookieSettings {
	prefix := kind + "_cookie_"
	c := doctor.CookieSettings{
		Name:     name,
		Path:     cmp.Or(s.Values[prefix+"path"], "/"),
		Domain:   s.Values[prefix+"domain"],
		Secure:   s.Flag(prefix+"secure", false),
		HTTPOnly: s.Flag(prefix+"httponly", kind == "session"),
		SameSite: cmp.Or(s.Values[prefix+"samesite"], "Lax"),
		Age:      age,
	}
	if c.SameSite == settings.NoValue {
		c.SameSite = ""
	}
	if kind == "session" && s.Flag("session_expire_at_browser_close", false) {
		c.Age = 0
	}
	return c
}

// drawDoctor draws a report.
func drawDoctor(s *term.Sheet, r *doctor.Report, where string) {
	s.Head("Examined "+where, "")
	for _, f := range r.Findings {
		sign, style := "✓", s.Theme.Good
		switch f.Verdict {
		case doctor.Note:
			sign, style = "!", s.Theme.Warn
		case doctor.Bad:
			sign, style = "✗", s.Theme.Bad
		case doctor.Unknown:
			sign, style = "?", s.Theme.Dim
		}
		s.Item(style.Render(sign)+" "+s.Theme.Head.Render(fmt.Sprintf("%-14s", f.Check)), 17, f.Found, lipgloss.NewStyle())
		if f.Advice != "" {
			s.Item("", 17, "→ "+f.Advice, s.Theme.Name)
		}
	}
}
