package cli

import (
	"context"
	"iter"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/djsession"
)

// listFlags are what list is asked for.
type listFlags struct {
	expired, all bool
	user         string
	limit        int
	limited      bool // by default
	csv          bool
}

// defaultLimit is how many sessions a terminal gets to see unless it asks for more.
const defaultLimit = 100

func (a *app) listCommand() *cobra.Command {
	var f listFlags
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		GroupID: groupRead,
		Short:   "List sessions, those that live longest first",
		Long: `List prints the live sessions, a line each, those that expire last first.

On a terminal it stops after 100 unless --limit says otherwise; a program gets all.`,
		Example: `  djsession list
  djsession list --user 1 --json
  djsession list --expired --limit 5`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("limit") && isTerminal(a.stdout) && !f.csv && !a.json {
				f.limit, f.limited = defaultLimit, true
			}
			return a.list(cmd.Context(), &f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.user, "user", "", "only sessions of the user with this `ID`")
	flags.BoolVar(&f.expired, "expired", false, "list expired sessions instead of live ones")
	flags.BoolVar(&f.all, "all", false, "list live and expired sessions")
	flags.IntVar(&f.limit, "limit", 0, "stop after `N` sessions; 0 is no limit")
	flags.BoolVar(&f.csv, "csv", false, "print CSV")
	return cmd
}

func (a *app) list(ctx context.Context, f *listFlags) error {
	b, s, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	out := a.newSessionLister(f.csv)
	count, more, unverified := 0, false, false
	for found, err := range a.sessions(ctx, b, s, f.options()) {
		if err != nil {
			return err
		}
		if !f.matches(found) {
			continue
		}
		if f.limit > 0 && count == f.limit {
			more = true
			break
		}
		count++
		unverified = unverified || found.Err == nil && !found.Encoding.Verified
		if err := out.add(found); err != nil {
			return err
		}
	}
	if err := out.flush(); err != nil {
		return err
	}
	if unverified {
		a.say("NOT VERIFIED: anybody can have written some of these")
	}
	switch {
	case more && f.limited:
		a.say("the first %d are shown: --limit 0 shows all", f.limit)
	case count == 0:
		a.say("no such sessions in %s", b.Where)
	}
	return nil
}

func (f *listFlags) options() *djsession.ListOptions {
	opts := &djsession.ListOptions{Order: djsession.ByExpiryDescending, State: djsession.Live}
	switch {
	case f.all:
		opts.State = djsession.AnyState
	case f.expired:
		opts.State = djsession.Expired
	}
	return opts
}

func (f *listFlags) matches(found *session) bool {
	return f.user == "" || found.Err == nil && userID(found.Data) == f.user
}

// sessions walks through a store. A session that cannot be read comes with the reason in its Err; an error ends the walk.
func (a *app) sessions(ctx context.Context, b *backend, s *site, opts *djsession.ListOptions) iter.Seq2[*session, error] {
	return func(yield func(*session, error) bool) {
		lister, ok := b.Store.(djsession.Lister)
		if !ok {
			yield(nil, errNotListed)
			return
		}
		for rec, err := range lister.List(ctx, opts) {
			if rec == nil {
				yield(nil, err)
				return
			}
			found := &session{Record: rec, Err: err}
			if err := a.unverified(ctx, b, s, found); err != nil {
				yield(nil, err)
				return
			}
			if !yield(found, nil) {
				return
			}
		}
	}
}

// A sessionLister prints sessions, a line each.
type sessionLister struct {
	app *app
	out *lister // nil for JSON
}

func (a *app) newSessionLister(asCSV bool) *sessionLister {
	if a.json && !asCSV {
		return &sessionLister{app: a}
	}
	columns := []string{"session", "user", "expires", "encoded", "size", "names"}
	theme := a.theme()
	style := func(row []string, column int) lipgloss.Style {
		switch column {
		case 0:
			return theme.name
		case 2:
			if strings.HasSuffix(row[2], "ago)") {
				return theme.bad
			}
		case 3:
			if !strings.HasPrefix(row[3], "modern") || strings.Contains(row[3], ",") {
				return theme.warn
			}
		case 4, 5:
			return theme.dim
		}
		return lipgloss.NewStyle()
	}
	return &sessionLister{app: a, out: a.newLister(asCSV, style, columns...)}
}

func (l *sessionLister) add(found *session) error {
	if l.out == nil {
		return printJSON(l.app.stdout, l.app.sessionJSON(found))
	}
	user, encoded, size, names := "-", problem(found.Err), "", ""
	if found.Err == nil {
		if id := userID(found.Data); id != "" {
			user = id
		}
		encoded, size = encodedBriefly(found.Encoding), bytes(found.Encoding.Size)
		names = visibleNames(found.Data)
	}
	expires := l.app.at(found.Expires)
	if l.out.csv != nil {
		expires, size = *utc(found.Expires), strconv.Itoa(found.Encoding.Size)
		if user == "-" {
			user = ""
		}
	}
	return l.out.add(l.app.name(found.Key), user, expires, encoded, size, names)
}

// visibleNames are the names of a session but those that every login has.
func visibleNames(d *djsession.Data) string {
	var names []string
	for name := range d.Names() {
		switch name {
		case "_auth_user_id", "_auth_user_backend", "_auth_user_hash":
		case "":
			names = append(names, `""`)
		default:
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

func (l *sessionLister) flush() error {
	if l.out == nil {
		return nil
	}
	return l.out.flush()
}
