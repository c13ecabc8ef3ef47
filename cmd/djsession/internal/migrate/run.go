package migrate

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"github.com/djsession/djsession-go/cmd/djsession/internal/survey"
	"github.com/djsession/djsession-go/djsession"
)

// Options is how a plan is carried out.
type Options struct {
	Write     bool   // else nothing is written: the report tells what would be
	Batch     int    // sessions in a transaction; default 200
	After     string // where an earlier run stopped: its Report.After
	Expired   bool   // see to expired sessions too
	Passwords Passwords
	Progress  func(done int64)
	Pause     func(ctx context.Context) error // between batches
}

// Passwords looks up the password column of users by their id. Those who are
// not found are left out. Nil if users cannot be reached: then session auth
// hashes stay as they are.
type Passwords func(ctx context.Context, ids []string) (map[string]string, error)

const defaultBatch = 200

// Run carries out a plan, in the order of keys. It stops between batches when
// the context ends, and the report tells what was done until then, also
// together with an error.
func Run(ctx context.Context, store djsession.EncodedStore, plan *Plan, opts *Options) (*Report, error) {
	r := &runner{store: store, plan: plan, opts: *opts, reader: plan.reader(), report: newReport(plan, opts)}
	if r.opts.Batch <= 0 {
		r.opts.Batch = defaultBatch
	}
	for range runtime.GOMAXPROCS(0) {
		r.writers = append(r.writers, plan.writer())
	}
	list := &djsession.ListOptions{State: djsession.StateLive, PageSize: r.opts.Batch}
	if r.opts.Expired {
		list.State = djsession.StateAny
	}
	if r.opts.After != "" {
		list.After = &djsession.Record{Key: r.opts.After}
	}
	batch := make([]djsession.EncodedRecord, 0, r.opts.Batch)
	for text, err := range store.ListEncoded(ctx, list) {
		if err != nil {
			return r.report, err
		}
		if batch = append(batch, text); len(batch) == cap(batch) {
			if err := r.batch(ctx, batch); err != nil {
				return r.report, err
			}
			batch = batch[:0]
		}
	}
	if err := r.batch(ctx, batch); err != nil {
		return r.report, err
	}
	r.report.Done, r.report.After = true, ""
	return r.report, nil
}

type runner struct {
	store   djsession.EncodedStore
	plan    *Plan
	opts    Options
	reader  *djsession.Codec
	writers []*writer
	report  *Report
}

func (r *runner) batch(ctx context.Context, texts []djsession.EncodedRecord) error {
	if len(texts) == 0 {
		return nil
	}
	sessions := make([]survey.Session, len(texts))
	_ = r.each(len(texts), func(_ *writer, i int) error {
		sessions[i] = survey.Decode(r.reader, &texts[i])
		return nil
	})
	passwords, err := r.passwords(ctx, sessions)
	if err != nil {
		return err
	}
	outcomes := make([]outcome, len(texts))
	err = r.each(len(texts), func(w *writer, i int) (err error) {
		outcomes[i], err = w.rewrite(&sessions[i], passwords)
		return err
	})
	if err != nil {
		return err
	}
	done, err := r.swap(ctx, texts, outcomes)
	if err != nil {
		return err
	}
	for i := range outcomes {
		r.report.add(&sessions[i], &outcomes[i], done[i])
	}
	r.report.After = token(texts[len(texts)-1].Key)
	if r.opts.Progress != nil {
		r.opts.Progress(r.report.Sessions)
	}
	if r.opts.Pause != nil && r.opts.Write {
		return r.opts.Pause(ctx)
	}
	return ctx.Err()
}

// each calls f for each number below n, on every core, each with its own
// writer.
func (r *runner) each(n int, f func(w *writer, i int) error) error {
	errs := make([]error, len(r.writers))
	var wait sync.WaitGroup
	for k, w := range r.writers {
		wait.Go(func() {
			for i := k; i < n && errs[k] == nil; i += len(r.writers) {
				errs[k] = f(w, i)
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *runner) passwords(ctx context.Context, sessions []survey.Session) (map[string]string, error) {
	if r.opts.Passwords == nil {
		return nil, nil
	}
	var ids []string
	seen := make(map[string]bool)
	for i := range sessions {
		if id, ok := r.plan.userOf(&sessions[i]); ok && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return map[string]string{}, nil
	}
	found, err := r.opts.Passwords(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("looking up users: %w", err)
	}
	return found, nil
}

// swap writes the new texts, and reports which sessions it changed or, without
// Options.Write, would change.
func (r *runner) swap(ctx context.Context, texts []djsession.EncodedRecord, outcomes []outcome) ([]bool, error) {
	done := make([]bool, len(texts))
	var swaps []djsession.EncodedSwap
	var index []int
	for i := range outcomes {
		if outcomes[i].result == rewrite {
			done[i] = !r.opts.Write
			swaps = append(swaps, djsession.EncodedSwap{Key: texts[i].Key, Old: texts[i].Data, New: outcomes[i].text})
			index = append(index, i)
		}
	}
	if len(swaps) == 0 || !r.opts.Write {
		return done, nil
	}
	swapped, err := r.store.SwapEncoded(ctx, swaps)
	if err != nil {
		return nil, err
	}
	for k, i := range index {
		done[i] = swapped[k]
	}
	return done, nil
}

// tokenLength is how much of a key tells where to go on: enough to find the
// place, and too little to use the session.
const tokenLength = 6

// token is where to go on: sessions whose keys begin with it are seen to again,
// which does no harm.
func token(key string) string { return key[:min(len(key), tokenLength)] }
