package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/account"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/djsession"
)

// completed is how many sessions a shell is offered, and completeTimeout how
// long it waits for them.
const (
	completed       = 50
	completeTimeout = time.Second
)

// completeKeys offers the sessions that expire last, by fingerprint, and says
// whose they are.
func (a *app) completeKeys(cmd *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var found []cobra.Completion
	_ = a.forCompletion(cmd, func(s *session) {
		about := "until " + s.Expires.Local().Format("2006-01-02 15:04")
		if s.Err != nil {
			about = problem(s.Err)
		} else if id := account.UserID(s.Data); id != "" {
			about = "user " + human.Printable(id) + " " + about
		}
		found = append(found, cobra.CompletionWithDesc("@"+djsession.Fingerprint(s.Key), about))
	})
	return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// completeNames offers the names of values in the sessions that expire last.
func (a *app) completeNames(cmd *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	seen := make(map[string]bool)
	var found []cobra.Completion
	_ = a.forCompletion(cmd, func(s *session) {
		for name := range s.Data.Names() {
			if !seen[name] {
				seen[name] = true
				found = append(found, human.Printable(name))
			}
		}
	})
	return found, cobra.ShellCompDirectiveNoFileComp
}

// forCompletion visits the sessions that expire last. Whatever goes wrong, a
// shell must not hear of it.
func (a *app) forCompletion(cmd *cobra.Command, visit func(*session)) error {
	parent := cmd.Context()
	if parent == nil {
		parent = context.Background()
	}
	ctx, cancel := context.WithTimeout(parent, completeTimeout)
	defer cancel()
	b, s, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	for found, err := range a.sessions(ctx, b, s, &djsession.ListOptions{Order: djsession.OrderByExpiryDescending, State: djsession.StateLive, Limit: completed}) {
		if err != nil {
			return err
		}
		visit(found)
	}
	return nil
}
