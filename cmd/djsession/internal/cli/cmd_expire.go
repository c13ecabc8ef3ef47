package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/djsession"
)

func (a *app) expireCommand() *cobra.Command {
	var t targets
	var at, in string
	cmd := &cobra.Command{
		Use:     "expire KEY...",
		GroupID: groupChange,
		Short:   "End sessions now, or at another time",
		Long: `Expire moves the end of sessions: to now, or to the time that --at or --in says. Unlike delete it leaves the session where it
is, for a look at it, until expired sessions are cleared.

When Django saves a session again it computes its end again, from SESSION_COOKIE_AGE or from what set_expiry was given.`,
		Example: `  djsession expire --yes @59bc3b94
  djsession expire --yes --in 30d @f38b9d4c
  djsession expire --user 3 --dry-run`,
		ValidArgsFunction: a.completeKeys,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := t.check(cmd.Flags(), args); err != nil {
				return err
			}
			end, err := a.endOf(at, in)
			if err != nil {
				return err
			}
			return a.expire(cmd.Context(), &t, args, end)
		},
	}
	t.flags(cmd.Flags())
	cmd.Flags().StringVar(&at, "at", "", "let them end at a `TIME`: 2006-01-02 or '2006-01-02 15:04'")
	cmd.Flags().StringVar(&in, "in", "", "let them end so long from now, a `TIME` such as 12h or 30d")
	return cmd
}

// endOf reads --at and --in; neither is now.
func (a *app) endOf(at, in string) (time.Time, error) {
	switch {
	case at != "" && in != "":
		return time.Time{}, fail.Usagef("--at and --in exclude each other")
	case at != "":
		return human.ParseWhen(at, 1, a.now())
	case in != "":
		age, err := human.ParseAge(in)
		return a.now().Add(age), err
	}
	return a.now(), nil
}

func (a *app) expire(ctx context.Context, t *targets, args []string, end time.Time) error {
	b, s, err := a.openToWrite(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	found, err := t.collect(ctx, a, b, s, args)
	if err != nil {
		return err
	}
	question := fmt.Sprintf("let %s end %s?", sessionCount(len(found)), a.at(end))
	return t.act(ctx, a, found, question, "changed", func(one *session) error {
		return changeSession(ctx, b, s, one, func(rec *djsession.Record) error {
			rec.Expires = end
			return nil
		})
	})
}
