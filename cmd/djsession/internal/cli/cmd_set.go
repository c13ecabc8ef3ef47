package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/cmd/djsession/internal/values"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/pyjson"
)

func (a *app) setCommand() *cobra.Command {
	var text, yes bool
	cmd := &cobra.Command{
		Use:     "set KEY NAME=VALUE...",
		GroupID: groupChange,
		Short:   "Give values of a session another value",
		Long: `Set gives names in a session a value, as a view does by request.session[NAME] = VALUE. VALUE is JSON; what is no JSON is taken
for a text, and so is everything with --text. All other values stay exactly as they are, and so do the session's end, its
layout and its serializer.

It shows what it will change, and asks.`,
		Example: `  djsession set --yes @f38b9d4c _language=fr
  djsession set --yes @3041d328 'cart=[{"sku": "tea-100", "quantity": 3}]' coupon=true`,
		Args:              cobra.MinimumNArgs(2),
		ValidArgsFunction: a.completeKeyThenNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			object, err := parseAssignments(args[1:], text)
			if err != nil {
				return err
			}
			return a.set(cmd.Context(), args[0], object, nil, yes)
		},
	}
	cmd.Flags().BoolVar(&text, "text", false, "take every value for a text")
	yesFlag(cmd.Flags(), &yes)
	return cmd
}

func (a *app) unsetCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:     "unset KEY NAME...",
		GroupID: groupChange,
		Short:   "Remove values from a session",
		Long: `Unset removes names from a session, as a view does by del request.session[NAME]. All other values stay exactly as they are,
and so do the session's end, its layout and its serializer.

It shows what it will remove, and asks.`,
		Example:           `  djsession unset --yes @f38b9d4c last_page`,
		Args:              cobra.MinimumNArgs(2),
		ValidArgsFunction: a.completeKeyThenNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.set(cmd.Context(), args[0], nil, args[1:], yes)
		},
	}
	yesFlag(cmd.Flags(), &yes)
	return cmd
}

func (a *app) completeKeyThenNames(cmd *cobra.Command, args []string, part string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return a.completeKeys(cmd, args, part)
	}
	return a.completeNames(cmd, args, part)
}

// parseAssignments reads NAME=VALUE. The first = counts.
func parseAssignments(args []string, text bool) (pyjson.Object, error) {
	var object pyjson.Object
	for _, arg := range args {
		name, value, ok := strings.Cut(arg, "=")
		if !ok {
			return nil, fail.Hint(fail.Usagef("%s has no =", human.Quote(arg)), "write NAME=VALUE, such as page=/help or 'cart=[]'")
		}
		var v any = value
		if !text {
			v = values.JSONOrText(value)
		}
		if err := values.RefuseShown(name, v); err != nil {
			return nil, err
		}
		object = append(object, pyjson.Member{Name: name, Value: v})
	}
	return object, nil
}

// set sets and removes names of one session.
func (a *app) set(ctx context.Context, arg string, object pyjson.Object, removed []string, yes bool) error {
	b, s, err := a.openToWrite(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	found, err := a.findArg(ctx, b, s, arg)
	if err != nil {
		return err
	}
	key := found.Key
	if found.Err != nil {
		return fmt.Errorf("%s cannot be read: %w", a.name(key), found.Err)
	}
	values, err := values.DataOf(object)
	if err != nil {
		return err
	}
	changed, err := a.showChanges(found, object, removed)
	if err != nil {
		return err
	}
	if !changed {
		a.Say("%s is like that already", a.name(key))
		if a.json {
			return a.printCount("changed", 0)
		}
		return nil
	}
	a.warnCached(b, s)
	if err := a.Confirm(ctx, yes, fmt.Sprintf("change %s?", a.name(key))); err != nil {
		return err
	}
	err = changeSession(ctx, b, s, found, func(rec *djsession.Record) error {
		for name, value := range values.All() {
			rec.Data.Set(name, value)
		}
		for _, name := range removed {
			rec.Data.Delete(name)
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case a.json:
		return a.printCount("changed", 1)
	}
	a.Say("changed %s", a.name(key))
	return nil
}

// showChanges shows on stderr what will be another value, and reports whether
// anything will.
func (a *app) showChanges(found *session, object pyjson.Object, removed []string) (changed bool, err error) {
	show := func(mark, name string, value any) {
		if shown, hit := values.Mask(name, value); hit && !a.reveal {
			value = shown
		}
		fmt.Fprintf(a.Stderr, "  %s %s  %s\n", mark, human.Printable(name), values.Text(value, 1<<20, ""))
	}
	for _, m := range object {
		if found.Data.Has(m.Name) {
			old, err := values.Of(found.Data, m.Name, found.Encoding.Serializer)
			if err != nil {
				return false, err
			}
			if values.Text(old, 1<<20, "") == values.Text(m.Value, 1<<20, "") {
				continue
			}
			show("-", m.Name, old)
		}
		show("+", m.Name, m.Value)
		changed = true
	}
	for _, name := range removed {
		if !found.Data.Has(name) {
			return false, fail.WithStatus(fail.NotFound, fmt.Errorf("%s has no %s", a.name(found.Key), human.Quote(name)))
		}
		old, err := values.Of(found.Data, name, found.Encoding.Serializer)
		if err != nil {
			return false, err
		}
		show("-", name, old)
		changed = true
	}
	return changed, nil
}
