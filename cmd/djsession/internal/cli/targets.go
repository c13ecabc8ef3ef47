package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/djsession/djsession-go/cmd/djsession/internal/account"
	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/place"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/pyjson"
)

// targets are the sessions that a command changes or deletes: those of some
// keys, or those that a filter selects.
type targets struct {
	filter
	yes, dryRun bool
}

func (t *targets) flags(flags *pflag.FlagSet) {
	t.filter.flags(flags)
	t.actFlags(flags)
}

func (t *targets) actFlags(flags *pflag.FlagSet) {
	yesFlag(flags, &t.yes)
	flags.BoolVarP(&t.dryRun, "dry-run", "n", false, "show what would be done, and do nothing")
}

// check refuses neither keys nor filter, and both.
func (t *targets) check(flags *pflag.FlagSet, keys []string) error {
	switch given := t.given(flags); {
	case given && len(keys) > 0:
		return fail.Usagef("give keys or flags that select, not both")
	case !given && len(keys) == 0:
		return fail.Hint(fail.Usagef("which sessions?"), "give keys, or @ and fingerprints, or flags such as --user")
	}
	return nil
}

// shownTargets is how many of them a person gets to see before saying yes.
const shownTargets = 10

// collect finds the sessions and shows the first of them on stderr.
func (t *targets) collect(ctx context.Context, a *app, b *place.Place, s *settings.Site, args []string) ([]*session, error) {
	var found []*session
	for _, arg := range args {
		key, err := a.keyOf(ctx, b, s, arg)
		if err != nil {
			return nil, err
		}
		one, err := a.find(ctx, b, s, key)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.name(key), err)
		}
		found = append(found, one)
	}
	if len(args) == 0 {
		if err := t.prepare(ctx, a, b, s); err != nil {
			return nil, err
		}
		for one, err := range a.selected(ctx, b, s, &t.filter, t.inKeyOrder()) {
			if err != nil {
				return nil, err
			}
			if len(found) >= shownTargets {
				one.Data = nil // a large selection is kept by keys only
			}
			found = append(found, one)
		}
	}
	if len(found) > 0 {
		a.warnCached(b, s)
	}
	names := account.NewNames(ctx, b, s)
	defer names.Close()
	t.show(ctx, a, found, names)
	return found, nil
}

func (t *targets) show(ctx context.Context, a *app, found []*session, names *account.Names) {
	for i, one := range found {
		if i == shownTargets {
			fmt.Fprintf(a.Stderr, "  and %d more\n", len(found)-i)
			break
		}
		whose := "no user's"
		if one.Err != nil {
			whose = problem(one.Err)
		} else if id := account.UserID(one.Data); id != "" {
			whose = "user " + names.Name(ctx, id)
		}
		if t.whose != nil && one.Err == nil && !t.whose.LoggedIn(one.Data) {
			name, means := t.whose.ClaimOn(one.Data)
			whose += ", user " + names.Name(ctx, t.whose.ID) + " " + means + " (" + name + ")"
		}
		fmt.Fprintf(a.Stderr, "  %s  %s, expires %s\n", a.name(one.Key), whose, a.at(one.Expires))
	}
}

// act does something to each session, after asking, and fails if there are
// others that could not be read.
func (t *targets) act(ctx context.Context, a *app, found []*session, question, done string, do func(one *session) error) error {
	if err := t.each(ctx, a, found, question, done, do); err != nil {
		return err
	}
	return t.unreadError(a, done)
}

// each calls a function for each session, after asking. A session for which it
// fails, or that has been deleted since, does not stop the others. It prints
// how many were done.
func (t *targets) each(ctx context.Context, a *app, found []*session, question, done string, do func(one *session) error) error {
	if len(found) == 0 {
		a.Say("no such sessions%s", t.readable())
		return t.printCount(a, done, 0)
	}
	if t.dryRun {
		a.Say("dry run: %s would be %s", sessionCount(len(found)), done)
		if a.json {
			return t.printCount(a, done, 0)
		}
		return nil
	}
	if t.unread.unknown > 0 {
		question = fmt.Sprintf("%s; %s", t.unread, question)
	}
	if err := a.Confirm(ctx, t.yes, question); err != nil {
		return err
	}
	count := 0
	var first error
	for _, one := range found {
		err := ctx.Err()
		if err == nil {
			err = do(one)
		}
		if err == nil {
			count++
			continue
		}
		err = fmt.Errorf("%s: %w", a.name(one.Key), err)
		if !errors.Is(err, djsession.ErrCorrupt) && !errors.Is(err, djsession.ErrTooLarge) && !errors.Is(err, djsession.ErrNotFound) {
			if len(found) > 1 {
				a.Say("%s %d of %d; the same command goes on from here", done, count, len(found))
			}
			return err
		}
		first = cmp.Or(first, err)
	}
	if first == nil {
		return t.printCount(a, done, count)
	}
	if len(found) > 1 {
		a.Say("%s %d of %d; of the others the first:", done, count, len(found))
		if a.json {
			if err := t.printCount(a, done, count); err != nil {
				return err
			}
		}
	}
	return first
}

// printCount says what was done, as data with --json, and there how many
// sessions were left because they could not be read.
func (t *targets) printCount(a *app, done string, count int) error {
	if !a.json {
		return a.printCount(done, count)
	}
	return term.PrintJSON(a.Stdout, pyjson.Object{{Name: done, Value: count}, {Name: "unreadable", Value: t.unread.unknown}})
}

// printCount says what was done: as data with --json.
func (a *app) printCount(done string, count int) error {
	if a.json {
		_, err := fmt.Fprintf(a.Stdout, "{%q:%d}\n", done, count)
		return err
	}
	a.Say("%s %s", done, sessionCount(count))
	return nil
}

func sessionCount(n int) string {
	if n == 1 {
		return "1 session"
	}
	return fmt.Sprintf("%d sessions", n)
}

// yesFlag is --yes of every command that destroys something.
func yesFlag(flags *pflag.FlagSet, yes *bool) {
	flags.BoolVarP(yes, "yes", "y", false, "do not ask")
}
