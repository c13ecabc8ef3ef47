package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/place"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
	"github.com/djsession/djsession-go/djsession"
)

// clearFlags are how clear goes about it.
type clearFlags struct {
	batch       int
	pause       time.Duration
	max         int64
	yes, dryRun bool
}

func (a *app) clearCommand() *cobra.Command {
	var f clearFlags
	cmd := &cobra.Command{
		Use:     "clear",
		GroupID: groupCare,
		Short:   "Delete expired sessions without getting in the way of others",
		Long: `Clear deletes the sessions that have expired, as Django's clearsessions does, but in short statements: no login waits
for it, a replica can follow, and it can be stopped at any time. What is gone is gone, and the next run goes on from there;
two at once do no harm.

On PostgreSQL it goes through the table once, block by block. SQLite lets one write at a time, and each batch writes much of
the file again: there a larger --batch is faster, and holds up others for longer. --pause leaves time for them between
batches. A secret key is not needed.`,
		Example: `  djsession clear --dry-run
  djsession clear --yes
  djsession clear --yes --batch 1000 --pause 100ms --max 1000000`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.batch <= 0 || f.pause < 0 || f.max < 0 {
				return fail.Usagef("--batch must be at least 1, and --pause and --max cannot be negative")
			}
			return a.clear(cmd.Context(), &f)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&f.batch, "batch", 5000, "delete at most `N` sessions in a statement")
	flags.DurationVar(&f.pause, "pause", 0, "wait for `TIME` between batches, such as 100ms")
	flags.Int64Var(&f.max, "max", 0, "stop after `N` sessions; 0 is no limit")
	flags.BoolVarP(&f.dryRun, "dry-run", "n", false, "count what would be deleted, and do nothing")
	yesFlag(flags, &f.yes)
	return cmd
}

// clearedJSON is what clear did: a contract.
type clearedJSON struct {
	Deleted int64   `json:"deleted"`
	Expired int64   `json:"expired"` // before it began; with max or an interruption some are left; -1 if the store cannot tell
	DryRun  bool    `json:"dry_run"`
	Seconds float64 `json:"seconds"`
}

func (a *app) clear(ctx context.Context, f *clearFlags) error {
	b, _, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	clearer, ok := b.Store.(djsession.ExpiredClearer)
	if !ok {
		return fail.Hint(errors.New("this store forgets expired sessions by itself"), "there is nothing to clear")
	}
	expired, err := countExpired(ctx, b)
	if err != nil {
		return err
	}
	if expired < 0 && f.dryRun {
		return fail.Hint(fmt.Errorf("the expired values in %s cannot be counted", b.Where), "leave out --dry-run: what has expired is gone for the site already")
	}
	total := expired
	if f.max > 0 {
		total = min(total, f.max)
	}
	if f.dryRun || expired == 0 {
		if expired > 0 {
			a.Say("dry run: %s of %s would be deleted from %s", humanize.Comma(total), sessionCount(int(expired)), b.Where)
		} else {
			a.Say("no expired sessions in %s", b.Where)
		}
		return a.printCleared(clearedJSON{Expired: expired, DryRun: f.dryRun})
	}
	question := fmt.Sprintf("delete %s expired sessions from %s?", humanize.Comma(total), b.Where)
	if expired < 0 {
		question = fmt.Sprintf("delete all values that have expired, sessions and others, from %s?", b.Where)
	}
	if err := a.Confirm(ctx, f.yes, question); err != nil {
		return err
	}
	started := time.Now()
	p := a.Progress("deleting", total)
	deleted, err := clearer.ClearExpired(ctx, &djsession.ClearOptions{BatchSize: f.batch, Pause: f.pause, Max: f.max, Progress: p.Set})
	p.Clear()
	took := time.Since(started)
	a.Say("deleted %s in %v", sessionCount(int(deleted)), took.Round(time.Millisecond))
	if err != nil {
		a.Say("the same command goes on from here")
		return err
	}
	return a.printCleared(clearedJSON{Deleted: deleted, Expired: expired, Seconds: took.Seconds()})
}

// countExpired is how many sessions have expired, or -1 if the store cannot
// tell.
func countExpired(ctx context.Context, b *place.Place) (n int64, err error) {
	opts := &djsession.ListOptions{State: djsession.StateExpired}
	if counter, ok := b.Store.(djsession.Counter); ok {
		return counter.Count(ctx, opts)
	}
	lister, ok := b.Store.(djsession.Lister)
	if !ok {
		return -1, nil
	}
	for rec, err := range lister.List(ctx, opts) {
		if rec == nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// printCleared prints what was done for programs: a person was told.
func (a *app) printCleared(c clearedJSON) error {
	if !a.json {
		return nil
	}
	return term.PrintJSON(a.Stdout, c)
}
