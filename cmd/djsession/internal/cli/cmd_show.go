package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/account"
	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/djsession"
)

func (a *app) showCommand() *cobra.Command {
	var f filter
	var limit int
	cmd := &cobra.Command{
		Use:     "show KEY|COOKIE",
		GroupID: groupRead,
		Short:   "Show a session: whose, until when, how encoded, and every value",
		Long: `Show prints a session: whose it is, when it expires, how it is encoded, and every value in it.

KEY is a session key, or @ and the fingerprint that list shows. COOKIE is what a browser sends: the value of the cookie, or
the whole header. Of a site that keeps sessions in signed cookies, the value is the session, and no store is asked. With
the flags that select in place of a key, show prints all sessions that list would.

A session that has expired is shown as well; the exit status is then 3.

--json prints {"key", "fingerprint", "user", "expires", "expired", "size", "encoding", "error", "names", "data"}. The key is null
unless it is revealed, user is the id or null, size is in bytes before compression, and error says why a session cannot be
read: encoding and data are null then. In encoding there is what decode --json prints.`,
		Example: `  djsession show @f38b9d4c
  djsession show alice000000000000000000000000000 --json
  djsession show 'Cookie: csrftoken=x; sessionid=alice000000000000000000000000000'
  djsession show --user 2 --limit 1`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completeKeys,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && !f.given(cmd.Flags()) {
				return a.show(cmd.Context(), args[0])
			}
			if len(args) == 1 || !f.given(cmd.Flags()) {
				return fail.Hint(fail.Usagef("which session?"), "give a key, a cookie, or flags such as --user: see 'djsession show --help'")
			}
			return a.showAll(cmd.Context(), &f, limit)
		},
	}
	f.flags(cmd.Flags())
	cmd.Flags().IntVar(&limit, "limit", 0, "stop after `N` sessions; 0 is no limit")
	return cmd
}

func (a *app) show(ctx context.Context, arg string) error {
	settings, err := a.settings()
	if err != nil {
		return err
	}
	if value, ok := signedCookie(settings, arg); ok {
		return a.showCookie(ctx, settings, value)
	}
	b, s, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	found, err := a.findArg(ctx, b, s, arg)
	if err != nil {
		return err
	}
	names := account.NewNames(ctx, b, s)
	defer names.Close()
	if err := a.printSession(ctx, found, names); err != nil {
		return err
	}
	if found.Err != nil {
		return fmt.Errorf("%s cannot be read: %w", a.name(found.Key), found.Err)
	}
	if found.expired(a.now()) {
		return expiredError(fmt.Sprintf("%s expired %s", a.name(found.Key), a.relative(found.Expires)))
	}
	return nil
}

func (a *app) showAll(ctx context.Context, f *filter, limit int) error {
	b, s, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	if err := f.prepare(ctx, a, b, s); err != nil {
		return err
	}
	names := account.NewNames(ctx, b, s)
	defer names.Close()
	count := 0
	for found, err := range a.selected(ctx, b, s, f, f.options()) {
		if err != nil {
			return err
		}
		if count > 0 && !a.json {
			fmt.Fprintln(a.Stdout)
		}
		if err := a.printSession(ctx, found, names); err != nil {
			return err
		}
		if count++; count == limit {
			return nil
		}
	}
	if count == 0 {
		a.Say("no such sessions in %s%s", b.Where, f.readable())
	}
	return f.unreadError(a, "shown")
}

// expiredError has the status of what was not found.
func expiredError(text string) error { return fail.WithStatus(fail.NotFound, errors.New(text)) }

func (a *app) showCookie(ctx context.Context, s *settings.Site, value string) error {
	data, encoding, err := a.decodeText(s, value)
	if err != nil {
		return err
	}
	found := &session{Record: &djsession.Record{Data: data, Encoding: encoding}}
	if !encoding.SignedAt.IsZero() {
		found.Expires = encoding.SignedAt.Add(s.CookieAge)
	}
	names := account.NewNames(ctx, nil, s)
	defer names.Close()
	if err := a.printSession(ctx, found, names); err != nil {
		return err
	}
	if !found.Expires.After(a.now()) {
		return expiredError("the cookie expired " + a.relative(found.Expires))
	}
	return nil
}
