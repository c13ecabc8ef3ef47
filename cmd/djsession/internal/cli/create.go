package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

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
		Short:   "Make a new session, for a user or for nobody",
		Long: `Create makes a session and prints its key. With --user it is one in which the user is logged in, as by Django's own login():
whoever sends the key as the cookie is that user. The time of the last login stays as it is. A login that the site would refuse
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
	values, err := dataOf(object)
	if err != nil {
		return err
	}
	session := a.manager(s, b.Store, 0).New()
	session.Update(values.All())
	if f.in != "" {
		age, err := parseAge(f.in)
		if err != nil {
			return err
		}
		if age < time.Second {
			return usagef("--in must be a second or more")
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

// openToCreate is openToWrite for a site that may have its sessions in cookies,
// which need no place.
func (a *app) openToCreate(ctx context.Context) (*backend, *site, error) {
	s, err := a.settings()
	if err != nil {
		return nil, nil, err
	}
	if s.engine() != engineCookie || a.unsafe {
		return a.openToWrite(ctx)
	}
	if s.secretKey == "" {
		return nil, nil, errNoKey
	}
	return &backend{Store: s.cookieStore(), Where: "a cookie"}, s, nil
}

// logIn makes the session a user's, if the site would take it for theirs.
func (a *app) logIn(ctx context.Context, b *backend, s *site, session *djsession.Session, name string) error {
	if s.lacks(ownHash) {
		why := unsupportedNamed(ownHash)
		return hint(fmt.Errorf("cannot log a user in: %s", why.found), "let the site itself make the login, for example with django.test.Client().force_login(user)")
	}
	users, err := a.openUsers(ctx, b, s)
	if err != nil {
		return err
	}
	defer users.Close()
	user, err := users.named(ctx, name)
	if err != nil {
		return err
	}
	if err := users.auth().Login(ctx, session, user); err != nil {
		return err
	}
	_, err = users.who(ctx, a.asSession(s, session.Data()))
	own := new(undecided)
	switch {
	case errors.As(err, &own):
		a.say("the site may refuse this login: %s", own.why.found)
		return nil
	case reason(err) != "":
		err = fmt.Errorf("the site would not take the session for that of %s: %w", quote(user.Username), err)
		if text := reasonHint(err, session.Data()); text != "" {
			err = hint(err, text)
		}
	}
	return err
}

func (a *app) printCreated(s *site, f *createFlags, session *djsession.Session) error {
	if f.cookie {
		_, err := fmt.Fprintf(a.stdout, "%s=%s\n", s.cookieName, session.Key())
		return err
	}
	if !a.json {
		_, err := fmt.Fprintln(a.stdout, session.Key())
		return err
	}
	expires, err := session.ExpiryDate()
	if err != nil {
		return err
	}
	return printJSON(a.stdout, struct {
		Key         string  `json:"key"`
		Fingerprint string  `json:"fingerprint"`
		User        *string `json:"user"`
		Expires     *string `json:"expires"`
	}{session.Key(), djsession.Fingerprint(session.Key()), orNull(userID(session.Data())), utc(expires)})
}
