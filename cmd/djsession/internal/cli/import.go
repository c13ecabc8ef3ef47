package cli

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/signing/pyjson"
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
		Long: `Import makes the sessions of an export again, under the same keys, so that nobody has to log in again: signed with this
site's SECRET_KEY, in the layout and by the serializer that they had, unless --layout and --serializer say otherwise. It reads
stdin or FILE. Sessions that have expired are left out.

A session whose key is in the store already is left as it is there, so that a second run does no harm; --replace has the
import win. Logins hold in the other site only if it has the same users and the same SECRET_KEY: the session auth hash is
made with that.`,
		Example: `  djsession import --store copy.sqlite3 sessions.jsonl
  djsession import --dry-run < sessions.jsonl`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in := a.stdin
			if len(args) == 1 && args[0] != "-" {
				file, err := os.Open(args[0])
				if err != nil {
					return fileError("read", err)
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
		if err := a.confirm(ctx, f.yes, fmt.Sprintf("replace what is in %s under the keys that are imported?", b.Where)); err != nil {
			return err
		}
	}
	im := &importer{app: a, site: s, backend: b, flags: f, stores: make(map[importStyle]djsession.Store)}
	n, err := im.lines(ctx, in)
	if err != nil {
		if n > 1 {
			a.say("%s; the same command goes on from here", im.counts())
		}
		return err
	}
	if n == 0 {
		a.say("there was nothing to import")
	}
	if a.json {
		return printJSON(a.stdout, im.done)
	}
	a.say("%s", im.counts())
	return nil
}

// writers is how many sessions are written at once: servers commit many in the time of one.
func (b *backend) writers() int {
	if b.DB != nil && b.Dialect.OneWriter() {
		return 1
	}
	return 8
}

// lines imports all lines and returns how many there were, up to the first that failed.
func (im *importer) lines(ctx context.Context, in io.Reader) (n int, err error) {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxInput)
	group, running := errgroup.WithContext(ctx)
	group.SetLimit(im.backend.writers())
	for running.Err() == nil && lines.Scan() {
		n++
		text, at := lines.Text(), n
		if text == "" {
			continue
		}
		group.Go(func() error {
			err := running.Err()
			if err == nil {
				err = im.line(running, text)
			}
			if err != nil {
				return fmt.Errorf("line %d: %w", at, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return n, err
	}
	if err := lines.Err(); err != nil {
		return n, fmt.Errorf("line %d: %w", n+1, err)
	}
	return n, ctx.Err()
}

// An importer writes sessions as they are styled.
type importer struct {
	app     *app
	site    *site
	backend *backend
	flags   *importFlags

	mu     sync.Mutex // for what follows
	stores map[importStyle]djsession.Store
	done   importedJSON
}

// count counts a session.
func (im *importer) count(n *int) {
	im.mu.Lock()
	defer im.mu.Unlock()
	*n++
}

// importStyle is how a session was encoded where it comes from.
type importStyle struct {
	layout   djsession.Layout
	pickle   bool
	protocol int
}

func (im *importer) counts() string {
	would := ""
	if im.flags.dryRun {
		would = "dry run: "
	}
	return fmt.Sprintf("%screated %d, replaced %d, kept %d that were there, left out %d that had expired", would, im.done.Created, im.done.Replaced, im.done.Kept, im.done.Expired)
}

func (im *importer) line(ctx context.Context, text string) error {
	rec, style, err := parseExported(text)
	if err != nil {
		return err
	}
	if !rec.Expires.After(im.app.now()) {
		im.count(&im.done.Expired)
		return nil
	}
	store := im.store(style)
	if im.flags.dryRun {
		return im.preview(ctx, store, rec)
	}
	err = store.Create(ctx, rec)
	switch {
	case err == nil:
		im.count(&im.done.Created)
	case !errors.Is(err, djsession.ErrKeyExists):
		return err
	case !im.flags.replace:
		im.count(&im.done.Kept)
	default:
		if err := store.Update(ctx, rec); err != nil {
			return err
		}
		im.count(&im.done.Replaced)
	}
	return nil
}

// preview counts what would be done.
func (im *importer) preview(ctx context.Context, store djsession.Store, rec *djsession.Record) error {
	found, err := store.Load(ctx, rec.Key)
	if errors.Is(err, djsession.ErrNotFound) {
		found, err = peek(ctx, im.backend, rec.Key)
	}
	switch {
	case found == nil && errors.Is(err, djsession.ErrNotFound):
		im.count(&im.done.Created)
	case found == nil:
		return err
	case im.flags.replace:
		im.count(&im.done.Replaced)
	default:
		im.count(&im.done.Kept)
	}
	return nil
}

func (im *importer) store(style importStyle) djsession.Store {
	if im.backend.With == nil {
		return im.backend.Store
	}
	im.mu.Lock()
	defer im.mu.Unlock()
	store := im.stores[style]
	if store == nil {
		before := djsession.Encoding{Layout: style.layout}
		if style.pickle {
			before.Serializer = exportPickles.Name()
		}
		store = im.backend.With(im.site.codec(before, style.protocol))
		im.stores[style] = store
	}
	return store
}

// parseExported reads a line of an export.
func parseExported(text string) (*djsession.Record, importStyle, error) {
	var line struct {
		Key     string     `json:"key"`
		Expires time.Time  `json:"expires"`
		Layout  string     `json:"layout"`
		Data    pyjson.Raw `json:"data"`
		Pickle  string     `json:"pickle"`
	}
	var style importStyle
	if err := pyjson.Unmarshal(asciiJSON(text), &line); err != nil {
		return nil, style, hint(fmt.Errorf("it is not a session as export writes it: %w", err), "'djsession export --help' says what a line looks like")
	}
	if !djsession.ValidKey(line.Key) {
		return nil, style, djsession.ErrInvalidKey
	}
	if line.Expires.IsZero() || (line.Data == "") == (line.Pickle == "") {
		return nil, style, hint(errors.New("it is not a session as export writes it"), "it takes expires, and one of data and pickle")
	}
	rec := &djsession.Record{Key: line.Key, Expires: line.Expires}
	switch line.Layout {
	case "", djsession.Modern.String():
	case djsession.Legacy.String():
		style.layout = djsession.Legacy
	default:
		return nil, style, fmt.Errorf("unknown layout %q", line.Layout)
	}
	var err error
	if line.Data != "" {
		rec.Data, err = djsession.JSON.Loads(string(line.Data))
		return rec, style, err
	}
	style.pickle = true
	if style.layout == djsession.Legacy {
		style.protocol = 2 // Python 2 may be the one to read it
	}
	payload, err := base64.StdEncoding.DecodeString(line.Pickle)
	if err != nil {
		return nil, style, errors.New("the pickle is not base64")
	}
	rec.Data, err = exportPickles.Loads(string(payload))
	return rec, style, err
}
