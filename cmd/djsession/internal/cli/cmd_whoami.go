package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/account"
	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/cmd/djsession/internal/place"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

func (a *app) whoamiCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "whoami KEY|COOKIE",
		GroupID: groupRead,
		Short:   "Say who is logged in by a session, or why no user is",
		Long: `Whoami answers what django.contrib.auth would: it verifies the session, looks the user up, and checks is_active, the backend
and the session auth hash. It changes nothing. KEY and COOKIE are as show takes them.

--json prints {"user", "reason"}, one of which is null. Of the user there are "id", "username", "email", "first_name",
"last_name", "is_staff", "is_superuser", "last_login" and "backend". Reasons are "not found", "expired", "no login", "backend
not allowed", "bad user id", "no such user", "user inactive", "hash missing", "hash wrong", "hash foreign", and why a session cannot be read.
"own hash" and "own code" are for a site that asks its own code, which unsupported in ` + settings.FileName + ` names: all that djsession
can check is right, and only the site knows the rest.

The exit status is 0 if a user is logged in, 4 if the session's signature is not valid, 1 if only the site knows, and 3 if
else no user is.`,
		Example: `  djsession whoami @f38b9d4c
  djsession whoami 'Cookie: sessionid=alice000000000000000000000000000' --json`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.completeKeys,
		RunE:              func(cmd *cobra.Command, args []string) error { return a.whoami(cmd.Context(), args[0]) },
	}
}

// userJSON is a user as whoami --json prints it: a contract.
type userJSON struct {
	ID          string  `json:"id"`
	Username    string  `json:"username"`
	Email       string  `json:"email"`
	FirstName   string  `json:"first_name"`
	LastName    string  `json:"last_name"`
	IsStaff     bool    `json:"is_staff"`
	IsSuperuser bool    `json:"is_superuser"`
	LastLogin   *string `json:"last_login"`
	Backend     string  `json:"backend"`
}

func (a *app) whoami(ctx context.Context, arg string) error {
	if a.unsafe {
		return fail.Usagef("--no-verify is for looking: a session that was not verified logs in no user")
	}
	s, err := a.settings()
	if err != nil {
		return err
	}
	if s.SecretKey == "" {
		return fail.ErrNoKey
	}
	var b *place.Place
	if s.Store != "" && s.Engine() != settings.CookieEngine {
		if b, _, err = a.openToRead(ctx); err != nil {
			return err
		}
		defer b.Close()
	}
	data, err := a.sessionData(ctx, b, s, arg)
	if err != nil {
		return a.notLoggedIn(err)
	}
	users, err := account.Open(ctx, b, s)
	if err != nil {
		return err
	}
	defer users.Close()
	user, err := users.Who(ctx, a.asSession(s, data))
	if err != nil {
		if text := account.ReasonHint(err, data); text != "" {
			err = fail.Hint(err, text)
		}
		return a.notLoggedIn(err)
	}
	return a.printUser(user)
}

// sessionData returns what the session of an argument holds, if it is alive.
func (a *app) sessionData(ctx context.Context, b *place.Place, s *settings.Site, arg string) (*djsession.Data, error) {
	if value, ok := signedCookie(s, arg); ok {
		data, encoding, err := s.CookieCodec().Inspect(value)
		if err == nil && !encoding.SignedAt.Add(s.CookieAge).After(a.now()) {
			err = expiredError("the cookie expired " + a.relative(encoding.SignedAt.Add(s.CookieAge)))
		}
		return data, err
	}
	if b == nil {
		if err := s.Closed(); err != nil {
			return nil, err
		}
		return nil, place.ErrNoStore
	}
	found, err := a.findArg(ctx, b, s, arg)
	switch {
	case err != nil:
		return nil, err
	case found.Err != nil:
		return nil, found.Err
	case found.expired(a.now()):
		return nil, expiredError("the session expired " + a.relative(found.Expires))
	}
	return found.Data, nil
}

// notLoggedIn prints why the session is not a login, if err says so.
func (a *app) notLoggedIn(err error) error {
	why := account.Reason(err)
	switch {
	case errors.As(err, new(*account.Undecided)):
	case why != "":
		err = fail.WithStatus(fail.NotFound, err)
	case errors.Is(err, djsession.ErrCorrupt), errors.Is(err, djsession.ErrTooLarge):
		why = problem(err)
	case errors.Is(err, djsession.ErrNotFound):
		why = "not found"
	case fail.StatusOf(err) == fail.NotFound:
		why = "expired"
	default:
		return err
	}
	if a.json {
		if printErr := term.PrintJSON(a.Stdout, struct {
			User   *userJSON `json:"user"`
			Reason string    `json:"reason"`
		}{nil, why}); printErr != nil {
			return printErr
		}
	}
	return err
}

func (a *app) printUser(user *auth.User) error {
	if a.json {
		j := &userJSON{
			ID:          user.ID,
			Username:    user.Username,
			Email:       user.Email,
			FirstName:   user.FirstName,
			LastName:    user.LastName,
			IsStaff:     user.IsStaff,
			IsSuperuser: user.IsSuperuser,
			Backend:     user.Backend,
		}
		if !user.LastLogin.IsZero() {
			j.LastLogin = utc(user.LastLogin)
		}
		return term.PrintJSON(a.Stdout, struct {
			User   *userJSON `json:"user"`
			Reason *string   `json:"reason"`
		}{j, nil})
	}
	theme := a.Theme()
	var b strings.Builder
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%s %s\n", theme.Dim.Render(fmt.Sprintf("%-8s", name)), human.Printable(text))
		}
	}
	fmt.Fprintf(&b, "%s %s\n", theme.Dim.Render("user    "), theme.Head.Render(human.Printable(user.Username)))
	line("id", user.ID)
	line("name", user.FullName())
	line("email", user.Email)
	switch {
	case user.IsSuperuser && user.IsStaff:
		line("is", "staff, superuser")
	case user.IsSuperuser:
		line("is", "superuser")
	case user.IsStaff:
		line("is", "staff")
	}
	line("backend", user.Backend)
	if !user.LastLogin.IsZero() {
		line("login", a.at(user.LastLogin))
	}
	_, err := a.Stdout.Write([]byte(b.String()))
	return err
}
