package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/djsession/djsession-go/cmd/djsession/internal/values"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/pyjson"
)

// A batch of lines is imported in one transaction, where the store has such.
const (
	importBatch      = 500
	importBatchBytes = 4 << 20
)

// importLines holds lines of the input, and the number of the first.
type importLines struct {
	first int
	texts []string
	bytes int
}

// lines imports all lines and returns how many there were, up to the first that
// failed. A batch that was begun is finished when the context ends, so that
// what was counted is what was written.
func (im *importer) lines(ctx context.Context, in io.Reader) (n int, err error) {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxInput)
	group, running := errgroup.WithContext(ctx)
	group.SetLimit(im.place.Writers())
	batch := importLines{first: 1}
	send := func() {
		full := batch
		batch = importLines{first: n + 1}
		group.Go(func() error {
			if err := running.Err(); err != nil {
				return err
			}
			return im.batch(context.WithoutCancel(ctx), &full)
		})
	}
	for running.Err() == nil && lines.Scan() {
		n++
		text := lines.Text()
		if strings.HasPrefix(text, `{"end"`) {
			if err := im.end(text); err != nil {
				send()
				return n, errors.Join(group.Wait(), fmt.Errorf("line %d: %w", n, err))
			}
			text = ""
		} else if text != "" {
			im.unended++
		}
		batch.texts = append(batch.texts, text)
		batch.bytes += len(text)
		if len(batch.texts) == importBatch || batch.bytes >= importBatchBytes {
			send()
		}
	}
	if len(batch.texts) > 0 {
		send()
	}
	if err := group.Wait(); err != nil {
		return n, err
	}
	if err := lines.Err(); err != nil {
		return n, fmt.Errorf("line %d: %w", n+1, err)
	}
	return n, ctx.Err()
}

// end reads the last line of an export.
func (im *importer) end(text string) error {
	var line endJSON
	if err := pyjson.Unmarshal(values.ASCIIJSON(text), &line); err != nil {
		return fmt.Errorf("it is not the last line of an export: %w", err)
	}
	before := im.unended
	im.unended = 0
	if line.End.Sessions != before {
		return fmt.Errorf("the export has %s, and %d came before its last line: lines are missing, or there are more than one export wrote",
			sessionCount(line.End.Sessions), before)
	}
	return nil
}

// batch imports lines, up to the first that fails.
func (im *importer) batch(ctx context.Context, lines *importLines) error {
	byStyle := make(map[importStyle][]*djsession.Record)
	var failed error
	for i, text := range lines.texts {
		if text == "" {
			continue
		}
		rec, style, err := im.parse(text)
		if err != nil {
			failed = fmt.Errorf("line %d: %w", lines.first+i, err)
			break
		}
		if !rec.Expires.After(im.app.now()) {
			im.count(&im.done.Expired)
			continue
		}
		byStyle[style] = append(byStyle[style], rec)
	}
	for style, recs := range byStyle {
		if err := im.records(ctx, im.store(style), recs); err != nil {
			return fmt.Errorf("lines %d to %d: %w", lines.first, lines.first+len(lines.texts)-1, err)
		}
	}
	return failed
}

// batchCreator is a store that creates many sessions in one transaction.
type batchCreator interface {
	CreateAll(ctx context.Context, recs []*djsession.Record) (created []bool, err error)
}

// records imports sessions of one style.
func (im *importer) records(ctx context.Context, store djsession.Store, recs []*djsession.Record) error {
	all, ok := store.(batchCreator)
	if !ok || im.flags.dryRun {
		for _, rec := range recs {
			if err := im.record(ctx, store, rec); err != nil {
				return err
			}
		}
		return nil
	}
	created, err := all.CreateAll(ctx, recs)
	for i := range created {
		switch {
		case created[i]:
			im.count(&im.done.Created)
		case err != nil: // it is not known whether its key is taken
		default:
			if err := im.taken(ctx, store, recs[i]); err != nil {
				return err
			}
		}
	}
	return err
}
