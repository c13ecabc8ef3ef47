package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
)

func (a *app) deleteCommand() *cobra.Command {
	var t targets
	cmd := &cobra.Command{
		Use:     "delete KEY...",
		Aliases: []string{"rm"},
		GroupID: groupChange,
		Short:   "Delete sessions, by key or by what they hold",
		Long: `Delete removes sessions: those of the keys, or all that the flags select. A browser with the cookie of one is logged out, and
what was in the session is gone.

It shows what it will delete, and asks. To keep a table small, 'djsession clear' is faster.`,
		Example: `  djsession delete --yes @59bc3b94
  djsession delete --anonymous --larger-than 4KB --dry-run`,
		ValidArgsFunction: a.completeKeys,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := t.check(cmd.Flags(), args); err != nil {
				return err
			}
			return a.delete(cmd.Context(), &t, args)
		},
	}
	t.flags(cmd.Flags())
	return cmd
}

// delete needs a secret key only to look into sessions.
func (a *app) delete(ctx context.Context, t *targets, args []string) error {
	open := a.open
	if len(args) == 0 {
		open = a.openToRead
	}
	b, s, err := open(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	found, err := t.collect(ctx, a, b, s, args)
	if err != nil {
		return err
	}
	question := fmt.Sprintf("delete %s from %s?", sessionCount(len(found)), b.Where)
	return t.act(ctx, a, found, question, "deleted", func(one *session) error { return b.Delete(ctx, one.Key) })
}

func (a *app) logoutCommand() *cobra.Command {
	var t targets
	cmd := &cobra.Command{
		Use:     "logout --user ID|NAME",
		GroupID: groupChange,
		Short:   "Log a user out everywhere",
		Long: `Logout deletes every session of a user, live or expired: at the next click, every browser of theirs is logged out.

A session says whose it is only inside, so all sessions are read. Those in which a login of the user waits for its second
factor, or to which the user can return from another account, are deleted as well. If there are sessions that cannot be read,
the exit status is 6: the user's may be among them. To keep a user out, make the user inactive in Django first.`,
		Example: `  djsession logout --user 2 --dry-run
  djsession logout --user 2 --yes`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if t.user == "" {
				return fail.Hint(fail.Usagef("which user?"), "--user takes the id, which 'djsession list' shows, or the name")
			}
			t.all = true
			return a.logout(cmd.Context(), &t)
		},
	}
	cmd.Flags().StringVar(&t.user, "user", "", "the `ID` or name of the user")
	t.actFlags(cmd.Flags())
	return cmd
}

func (a *app) logout(ctx context.Context, t *targets) error {
	b, s, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	found, err := t.collect(ctx, a, b, s, nil)
	if err != nil {
		return err
	}
	question := fmt.Sprintf("log user %s out of %s?", t.user, sessionCount(len(found)))
	return t.act(ctx, a, found, question, "deleted", func(one *session) error { return b.Delete(ctx, one.Key) })
}
