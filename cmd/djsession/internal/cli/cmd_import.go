package cli

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
	"github.com/djsession/djsession-go/djsession"
)

// importFlags are what import is asked for.
type importFlags struct {
	replace, yes, dryRun bool
}

func (a *app) importCommand() *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use:     "import [FILE]",
		GroupID: groupMove,
		Short:   "Read sessions that export wrote into a store",
		Long: `Import makes the sessions of an export again, under the same keys, so that no user has to log in again: signed with this
site's SECRET_KEY, in the layout and by the serializer that they had, unless --layout and --serializer say otherwise. It reads
stdin or FILE. Sessions that have expired are left out. The last line of an export says how many sessions it has: if that line
is missing, what is there is imported, and the exit status is 5.

A session whose key is in the store already is left as it is there, so that a second run does no harm; --replace has the
import win. Logins hold in the other site only if it has the same users and the same SECRET_KEY: the session auth hash is
made with that.`,
		Example: `  djsession import --store copy.sqlite3 sessions.jsonl
  djsession import --dry-run < sessions.jsonl`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in := a.Stdin
			if len(args) == 1 && args[0] != "-" {
				file, err := os.Open(args[0])
				if err != nil {
					return fail.File("read", err)
				}
				defer file.Close()
				in = file
			}
			return a.importFrom(cmd.Context(), in, &f)
		},
	}
	cmd.Flags().BoolVar(&f.replace, "replace", false, "replace sessions that are in the store already")
	cmd.Flags().BoolVarP(&f.dryRun, "dry-run", "n", false, "read and check everything, and write nothing")
	yesFlag(cmd.Flags(), &f.yes)
	return cmd
}

// importedJSON counts what became of the lines: what import --json prints.
type importedJSON struct {
	Created  int `json:"created"`
	Replaced int `json:"replaced"`
	Kept     int `json:"kept"`    // were there already
	Expired  int `json:"expired"` // were left out
}

func (a *app) importFrom(ctx context.Context, in io.Reader, f *importFlags) error {
	b, s, err := a.openToWrite(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	if f.replace && !f.dryRun {
		a.warnCached(b, s)
		if err := a.Confirm(ctx, f.yes, fmt.Sprintf("replace what is in %s under the keys that are imported?", b.Where)); err != nil {
			return err
		}
	}
	im := &importer{app: a, site: s, place: b, flags: f, stores: make(map[importStyle]djsession.Store)}
	n, err := im.lines(ctx, in)
	if err != nil {
		if im.done != (importedJSON{}) {
			a.Say("%s; the same command goes on from here", im.counts())
		}
		return err
	}
	if n == 0 {
		a.Say("there was nothing to import")
	}
	if a.json {
		err = term.PrintJSON(a.Stdout, im.done)
	} else {
		a.Say("%s", im.counts())
	}
	if err == nil && im.unended > 0 {
		err = fail.WithStatus(fail.Findings, fail.Hint(fmt.Errorf("the last line is missing: the export may have been cut off after %s", sessionCount(im.unended)),
			"'djsession export' ends with a line that says how many sessions there are"))
	}
	return err
}
