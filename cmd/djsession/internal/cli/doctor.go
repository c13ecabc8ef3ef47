package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/doctor"
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
		Codec:         s.codec(djsession.Encoding{}, 0),
		SecretKey:     s.secretKey,
		With:          s.withKey,
		CookieName:    s.cookieName,
		CookieAge:     s.cookieAge,
		Cookie:        cookie,
		ValidKey:      s.validKey,
		Local:         s.local,
		URL:           page,
		SessionCookie: s.cookieSettings("session", s.cookieName, s.cookieAge),
		CSRFCookie:    s.cookieSettings("csrf", cmp.Or(s.values["csrf_cookie_name"], "csrftoken"), s.csrfAge()),
		Now:           a.now(),
	}
	for _, u := range s.unsupported() {
		patient.Lacks = append(patient.Lacks, doctor.Lack{
			Found: u.found + ": " + u.effect, Advice: u.advice, Closes: u.closes,
		})
	}
	where := "the settings"
	// A site whose sessions are nowhere has cookies and code of its own to look
	// at.
	if closed := s.closed(); closed == nil {
		b, _, err := a.openToSurvey(ctx)
		if err != nil {
			return err
		}
		defer b.Close()
		where = b.Where
		patient.Store, patient.Text, patient.DB, patient.Dialect = b.Store, b.Text, b.DB, b.Dialect
		patient.Schema, patient.Table, patient.FillsOwn = s.schema, b.TableName, b.App != ""
		patient.Unsigned = b.Cache != nil
		if users, err := a.openUsers(ctx, b, s); err == nil {
			defer users.Close()
			patient.Who = users.whyNot(a)
		}
	} else if page == "" && len(patient.Lacks) == 0 {
		return closed
	}
	report, err := doctor.Examine(ctx, patient)
	if err != nil {
		return err
	}
	if a.json {
		err = printJSON(a.stdout, report)
	} else {
		sheet := a.sheet()
		sheet.doctor(report, where)
		_, err = a.stdout.Write([]byte(sheet.String()))
	}
	if err == nil && !report.Healthy {
		err = withStatus(statusFindings, errors.New("something must be changed"))
	}
	return err
}

// whyNot says why a session's user is not logged in.
func (u *userbase) whyNot(a *app) func(ctx context.Context, data *djsession.Data) (string, error) {
	return func(ctx context.Context, data *djsession.Data) (string, error) {
		_, err := u.who(ctx, a.asSession(u.site, data))
		if why := reason(err); why != "" {
			return why, nil
		}
		return "", err
	}
}

// cookieSettings are what the site is said to send with a cookie.
func (s *site) cookieSettings(kind, name string, age time.Duration) doctor.CookieSettings {
	prefix := kind + "_cookie_"
	c := doctor.CookieSettings{
		Name:     name,
		Path:     cmp.Or(s.values[prefix+"path"], "/"),
		Domain:   s.values[prefix+"domain"],
		Secure:   s.flag(prefix+"secure", false),
		HTTPOnly: s.flag(prefix+"httponly", kind == "session"),
		SameSite: cmp.Or(s.values[prefix+"samesite"], "Lax"),
		Age:      age,
	}
	if c.SameSite == noValue {
		c.SameSite = ""
	}
	if kind == "session" && s.flag("session_expire_at_browser_close", false) {
		c.Age = 0
	}
	return c
}

// csrfAge is CSRF_COOKIE_AGE, 0 if that is None.
func (s *site) csrfAge() time.Duration {
	if text := s.values["csrf_cookie_age"]; text != "" {
		age, err := time.ParseDuration(text + "s")
		if err != nil {
			return 0
		}
		return age
	}
	return 31449600 * time.Second
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
