package cli

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/place"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
	"github.com/djsession/djsession-go/cmd/djsession/internal/values"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/pickled"
	"github.com/djsession/djsession-go/pyjson"
)

// exportedJSON is a line of an export: a contract. One of data and pickle is
// there.
type exportedJSON struct {
	Key     string     `json:"key"`
	Expires string     `json:"expires"`
	Layout  string     `json:"layout"`
	Data    pyjson.Raw `json:"data,omitempty"`
	Pickle  string     `json:"pickle,omitempty"` // base64
}

// endJSON is the last line of an export: a contract. An export without it is
// not complete.
type endJSON struct {
	End struct {
		Sessions int `json:"sessions"`
	} `json:"end"`
}

func (a *app) exportCommand() *cobra.Command {
	var f filter
	var output string
	var skip bool
	cmd := &cobra.Command{
		Use:     "export",
		GroupID: groupMove,
		Short:   "Write sessions as JSON lines, for import into another store",
		Long: `Export prints sessions, a line of JSON each, with everything that import needs to make them again in any other store:
{"key", "expires", "layout", and "data" or, in base64, "pickle"}. Numbers and texts are as Python wrote them. Live sessions
are exported unless --all or --expired says otherwise. The last line is {"end": {"sessions"}}: without it, an
export is not complete.

Its output is enough to log in as any user: keys and credentials are not masked. It is not printed on a terminal without
--reveal, and a file of --output can be read by its owner alone.

A session that this SECRET_KEY cannot read cannot be exported. It is counted, and the exit status is 6, unless
--skip-unreadable says that this is known.`,
		Example: `  djsession export --skip-unreadable > sessions.jsonl
  djsession export --user 2 --output bob.jsonl
  djsession export --skip-unreadable | djsession import --store copy.sqlite3`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if output == "" && term.IsTerminal(a.Stdout) && !a.reveal {
				return fail.Hint(fail.Usagef("an export shows keys and credentials"), "write it to a file with --output, or give --reveal")
			}
			return a.export(cmd.Context(), &f, output, skip)
		},
	}
	f.flags(cmd.Flags())
	cmd.Flags().StringVarP(&output, "output", "o", "", "write to a new `FILE`, which only its owner can read")
	cmd.Flags().BoolVar(&skip, "skip-unreadable", false, "leave out what cannot be read")
	return cmd
}

func (a *app) export(ctx context.Context, f *filter, output string, skip bool) error {
	if a.unsafe {
		return fail.Usagef("--no-verify is for looking: what was not verified is not exported")
	}
	b, s, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	if err := f.prepare(ctx, a, b, s); err != nil {
		return err
	}
	count := 0
	write := func(w io.Writer) (err error) {
		count, err = a.exportTo(ctx, w, b, s, f)
		return err
	}
	if output == "" {
		err = write(a.Stdout)
	} else {
		err = writeWhole(output, false, write)
	}
	if err != nil {
		return err
	}
	a.Say("exported %s", sessionCount(count))
	if left := f.unread; left.unknown > 0 && !skip {
		return unreadable(fmt.Errorf("%s: these were left out", left), "--skip-unreadable leaves them out in silence")
	}
	return nil
}

// exportTo writes the sessions. It counts sessions that cannot be read in
// f.unread.
func (a *app) exportTo(ctx context.Context, w io.Writer, b *place.Place, s *settings.Site, f *filter) (count int, err error) {
	buffered := bufio.NewWriter(w)
	opts := f.inKeyOrder()
	if b.WholeSeconds { // a cache sorts nothing, and this way holds one page in memory
		opts.Order = djsession.OrderAny
	}
	for found, err := range a.selected(ctx, b, s, f, opts) {
		if err != nil {
			return count, err
		}
		if found.Err != nil {
			f.unread.unknown++
			continue
		}
		line, err := a.exported(b, s, found)
		if err != nil {
			return count, fmt.Errorf("%s: %w", a.name(found.Key), err)
		}
		if err := term.PrintJSON(buffered, line); err != nil {
			return count, err
		}
		count++
	}
	end := endJSON{}
	end.End.Sessions = count
	if err := term.PrintJSON(buffered, end); err != nil {
		return count, err
	}
	return count, buffered.Flush()
}

// exportPickles writes what every Python can read.
var exportPickles = pickled.New(&pickled.Options{Protocol: 2})

// exported returns a line. Caches pickle every session, whether it needs pickle
// or not, so a session from a cache becomes JSON if JSON can hold it. A session
// that never expires is exported with the lifetime of a new one.
func (a *app) exported(b *place.Place, s *settings.Site, found *session) (*exportedJSON, error) {
	rec := found.Record
	expires := rec.Expires
	if b.WholeSeconds {
		expires = expires.Truncate(time.Second)
		expiry, err := rec.Data.Expiry(s.Local)
		if at, fixed := expiry.At(); err == nil && fixed && at.Sub(expires).Abs() <= 2*time.Second {
			expires = at // what is left of it was rounded down
		}
	}
	if expires.IsZero() {
		expires = a.now().Add(s.CookieAge)
	}
	line := &exportedJSON{Key: rec.Key, Expires: *utc(expires), Layout: rec.Encoding.Layout.String()}
	needsPickle := rec.Encoding.Serializer == exportPickles.Name()
	if found.Unsigned {
		needsPickle = !values.FitsJSON(rec.Data)
	}
	if needsPickle {
		payload, err := exportPickles.Dumps(nil, rec.Data)
		line.Pickle = base64.StdEncoding.EncodeToString(payload)
		return line, err
	}
	payload, err := djsession.JSON.Dumps(nil, rec.Data)
	line.Data = pyjson.Raw(values.ASCIIOfLatin1(string(payload)))
	return line, err
}
