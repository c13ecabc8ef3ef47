package cli

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/place"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/values"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/pyjson"
)

// An importer writes sessions as they are styled.
type importer struct {
	app     *app
	site    *settings.Site
	place   *place.Place
	flags   *importFlags
	unended int // sessions since the last line of an export

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

// record imports one session.
func (im *importer) record(ctx context.Context, store djsession.Store, rec *djsession.Record) error {
	if im.flags.dryRun {
		return im.preview(ctx, store, rec)
	}
	err := store.Create(ctx, rec)
	switch {
	case err == nil:
		im.count(&im.done.Created)
		return nil
	case errors.Is(err, djsession.ErrKeyExists):
		return im.taken(ctx, store, rec)
	}
	return err
}

// taken imports one session whose key is in the store already.
func (im *importer) taken(ctx context.Context, store djsession.Store, rec *djsession.Record) error {
	if !im.flags.replace {
		im.count(&im.done.Kept)
		return nil
	}
	if err := store.Update(ctx, rec); err != nil {
		return err
	}
	im.count(&im.done.Replaced)
	return nil
}

// preview counts what would be done.
func (im *importer) preview(ctx context.Context, store djsession.Store, rec *djsession.Record) error {
	found, err := store.Load(ctx, rec.Key)
	if errors.Is(err, djsession.ErrNotFound) {
		found, err = peek(ctx, im.place, rec.Key)
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
	if im.place.With == nil {
		return im.place.Store
	}
	im.mu.Lock()
	defer im.mu.Unlock()
	store := im.stores[style]
	if store == nil {
		before := djsession.Encoding{Layout: style.layout}
		if style.pickle {
			before.Serializer = exportPickles.Name()
		}
		store = im.place.With(im.site.Codec(before, style.protocol))
		im.stores[style] = store
	}
	return store
}

// parse reads a line of an export.
func (im *importer) parse(text string) (*djsession.Record, importStyle, error) {
	var line struct {
		Key     string     `json:"key"`
		Expires time.Time  `json:"expires"`
		Layout  string     `json:"layout"`
		Data    pyjson.Raw `json:"data"`
		Pickle  string     `json:"pickle"`
	}
	var style importStyle
	if !utf8.ValidString(text) {
		return nil, style, errors.New("it is not UTF-8")
	}
	if err := pyjson.Unmarshal(values.ASCIIJSON(text), &line); err != nil {
		return nil, style, fail.Hint(fmt.Errorf("it is not a session as export writes it: %w", err), "'djsession export --help' says what a line looks like")
	}
	if !im.site.ValidKey(line.Key) {
		return nil, style, djsession.ErrInvalidKey
	}
	if line.Expires.IsZero() || (line.Data == "") == (line.Pickle == "") {
		return nil, style, fail.Hint(errors.New("it is not a session as export writes it"), "it takes expires, and one of data and pickle")
	}
	rec := &djsession.Record{Key: line.Key, Expires: line.Expires}
	switch line.Layout {
	case "", djsession.LayoutModern.String():
	case djsession.LayoutLegacy.String():
		style.layout = djsession.LayoutLegacy
	default:
		return nil, style, fmt.Errorf("unknown layout %q", line.Layout)
	}
	var err error
	if line.Data != "" {
		rec.Data, err = djsession.JSON.Loads(string(line.Data))
		return rec, style, err
	}
	style.pickle = true
	if style.layout == djsession.LayoutLegacy {
		style.protocol = 2 // Python 2 may be the one to read it
	}
	payload, err := base64.StdEncoding.DecodeString(line.Pickle)
	if err != nil {
		return nil, style, errors.New("the pickle is not base64")
	}
	rec.Data, err = exportPickles.Loads(string(payload))
	return rec, style, err
}
