package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/account"
	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/cmd/djsession/internal/place"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
	"github.com/djsession/djsession-go/cmd/djsession/internal/values"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/pyjson"
)

// createFlags are what create is asked for.
type createFlags struct {
	user   string
	in     string
	text   bool
	cookie bool
}

func (a *app) createCommand() *cobra.Command {
	var f createFlags
	cmd := &cobra.Command{
		Use:     "create [NAME=VALUE...]",
		GroupID: groupChange,
		Short:   "Make a new session, with or without a user",
		Long: `Create makes a session and prints its key. With --user it is one in which the user is logged in, as by Django's own login():
a browser that sends the key as the cookie is that user. The time of the last login stays as it is. A login that the site would refuse
is not made. Values are as set takes them.

On a site with SESSION_ENGINE signed_cookies the key is the value of the cookie, which is the session itself.

--json prints {"key", "fingerprint", "user", "expires"}.`,
		Example: `  djsession create --user alice
  djsession create --user 2 --in 1h --cookie
  djsession create 'cart=[]' _language=de --json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			object, err := parseAssignments(args, f.text)
			if err != nil {
				return err
			}
			return a.create(cmd.Context(), &f, object)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.user, "user", "", "log in the user with this `ID` or name")
	flags.StringVar(&f.in, "in", "", "let it end so long after it was last saved, a `TIME` such as 1h or 30d, as by set_expiry (default session_cookie_age)")
	flags.BoolVar(&f.text, "text", false, "take every value for a text")
	flags.BoolVar(&f.cookie, "cookie", false, "print the cookie, NAME=KEY, as 'curl --cookie' takes it")
	return cmd
}

func (a *app) create(ctx context.Context, f *createFlags, object pyjson.Object) error {
	b, s, err := a.openToCreate(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	values, err := values.DataOf(object)
	if err != nil {
		return err
	}
	session := a.manager(s, b.Store, 0).New()
	session.Update(values.All())
	if f.in != "" {
		age, err := human.ParseAge(f.in)
		if err != nil {
			return err
		}
		if age < time.Second {
			return fail.Usagef("--in must be a second or more")
		}
		session.SetExpiry(djsession.ExpireAfter(age))
	}
	if f.user != "" {
		if err := a.logIn(ctx, b, s, session, f.user); err != nil {
			return err
		}
	}
	session.MarkModified()
	if err := session.Save(ctx); err != nil {
		return err
	}
	return a.printCreated(s, f, session)
}

// logIn makes the session a user's, if the site would take it for theirs.
func (a *app) logIn(ctx context.Context, b *place.Place, s *settings.Site, session *djsession.Session, name string) error {
	if s.Lacks(settings.OwnHash) {
		why := settings.UnsupportedNamed(settings.OwnHash)
		return fail.Hint(fmt.Errorf("cannot log a user in: %s", why.Found), "let the site itself make the login, for example with django.test.Client().force_login(user)")
	}
	users, err := account.Open(ctx, b, s)
	if err != nil {
		return err
	}
	defer users.Close()
	user, err := users.Named(ctx, name)
	if err != nil {
		return err
	}
	if err := users.Auth().Login(ctx, session, user); err != nil {
		return err
	}
	_, err = users.Who(ctx, a.asSession(s, session.Data()))
	own := new(account.Undecided)
	switch {
	case errors.As(err, &own):
		a.Say("the site may refuse this login: %s", own.Why.Found)
		return nil
	case account.Reason(err) != "":
		err = fmt.Errorf("the site would not take the session for that of %s: %w", human.Quote(user.Username), err)
		if text := account.ReasonHint(err, session.Data()); text != "" {
			err = fail.Hint(err, text)
		}
	}
	return err
}

func (a *app) printCreated(s *settings.Site, f *createFlags, session *djsession.Session) error {
	if f.cookie {
		_, err := fmt.Fprintf(a.Stdout, "%s=%s\n", s.CookieName, session.Key())
		return err
	}
	if !a.json {
		_, err := fmt.Fprintln(a.Stdout, session.Key())
		return err
	}
	expires, err := session.ExpiryDate()
	if err != nil {
		return err
	}
	return term.PrintJSON(a.Stdout, struct {
		Key         string  `json:"key"`
		Fingerprint string  `json:"fingerprint"`
		User        *string `json:"user"`
		Expires     *string `json:"expires"`
	}{session.Key(), djsession.Fingerprint(session.Key()), orNull(account.UserID(session.Data())), utc(expires)})
}
