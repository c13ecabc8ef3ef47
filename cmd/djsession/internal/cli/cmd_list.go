package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/account"
	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
	"github.com/djsession/djsession-go/djsession"
)

// listFlags are what list is asked for.
type listFlags struct {
	filter
	limit    int
	limited  bool // by default
	csv      bool
	sort     string
	reverse  bool
	follow   bool
	interval time.Duration
}

// defaultLimit is how many sessions a terminal gets to see unless it asks for
// more.
const defaultLimit = 100

func (a *app) listCommand() *cobra.Command {
	var f listFlags
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		GroupID: groupRead,
		Short:   "List sessions, those that expire last first",
		Long: `List prints sessions, a line each: the live ones, those that expire last first.

On a terminal it stops after 100 unless --limit says otherwise; a program gets all. --follow goes on with sessions as they
are saved, until Ctrl-C: it sees those that a site saves for its usual session_cookie_age, or longer.

--json prints the object that show --json prints, without data, a line for each session.

--sort key walks in the order of keys; saved, size and user gather all sessions first, or as many as --limit says.`,
		Example: `  djsession list
  djsession list --user 1 --json
  djsession list --expired --limit 5
  djsession list --where 'cart.*.quantity>1' --since 2026-01-01
  djsession list --anonymous --larger-than 4KB --sort size`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("limit") && term.IsTerminal(a.Stdout) && !f.csv && !a.json && !f.follow {
				f.limit, f.limited = defaultLimit, true
			}
			if f.csv && a.json {
				return fail.Usagef("--csv and --json exclude each other")
			}
			if f.limit < 0 {
				return fail.Usagef("--limit must not be negative")
			}
			return a.list(cmd.Context(), &f)
		},
	}
	flags := cmd.Flags()
	f.flags(flags)
	flags.IntVar(&f.limit, "limit", 0, "stop after `N` sessions; 0 is no limit")
	flags.BoolVar(&f.csv, "csv", false, "print CSV")
	flags.StringVar(&f.sort, "sort", "expires", "what to sort by: expires, saved, size (largest and last first), key or user: its `NAME`")
	flags.BoolVar(&f.reverse, "reverse", false, "sort the other way")
	flags.BoolVarP(&f.follow, "follow", "f", false, "go on with sessions as they are saved")
	flags.DurationVar(&f.interval, "interval", 2*time.Second, "how often --follow looks: a `TIME` such as 500ms")
	_ = cmd.RegisterFlagCompletionFunc("sort", cobra.FixedCompletions([]cobra.Completion{"expires", "saved", "size", "key", "user"}, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("name", a.completeNames) // both flags were just made
	return cmd
}

func (a *app) list(ctx context.Context, f *listFlags) error {
	b, s, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	if f.follow && b.WholeSeconds {
		return fail.Hint(fail.Usagef("--follow is for tables and files"), "a cache does not say when a session was saved")
	}
	if err := f.prepare(ctx, a, b, s); err != nil {
		return err
	}
	names := account.NewNames(ctx, b, s)
	defer names.Close()
	out := a.newSessionLister(f.csv, func(id string) string { return names.Name(ctx, id) })
	if f.follow {
		return a.follow(ctx, b, s, f, out)
	}
	sorted, err := f.sorted()
	if err != nil {
		return err
	}
	var top *topSessions
	if sorted != nil {
		top = &topSessions{limit: f.limit, less: sorted}
	}
	count, more, unverified := 0, false, false
	for found, err := range a.selected(ctx, b, s, &f.filter, f.options()) {
		if err != nil {
			return err
		}
		if top != nil {
			top.add(found)
			continue
		}
		if f.limit > 0 && count == f.limit {
			more = true
			break
		}
		count++
		unverified = unverified || found.unverified()
		if err := out.add(found); err != nil {
			return err
		}
	}
	if top != nil {
		more = top.dropped
		for _, found := range top.sorted() {
			count++
			unverified = unverified || found.unverified()
			if err := out.add(found); err != nil {
				return err
			}
		}
	}
	if err := out.flush(); err != nil {
		return err
	}
	if unverified {
		a.Say("NOT VERIFIED: some of these may be forged")
	}
	switch {
	case more && f.limited:
		a.Say("the first %d are shown: --limit 0 shows all", f.limit)
		return nil
	case more:
		return nil
	case count == 0:
		a.Say("no such sessions in %s%s", b.Where, f.readable())
	}
	return f.unreadError(a, "listed")
}

// options are those of the filter, in the order that was asked for if the store
// has it.
func (f *listFlags) options() *djsession.ListOptions {
	opts := f.filter.options()
	switch {
	case f.sort == "key" && !f.reverse:
		opts.Order = djsession.OrderByKey
	case f.sort == "expires" && f.reverse:
		opts.Order = djsession.OrderByExpiry
	}
	if f.limit > 0 && !f.picky() && f.sort == "expires" {
		opts.PageSize = min(walkPage, f.limit+1) // one more says whether there are more
	}
	return opts
}
