package place

import (
	"cmp"
	"context"
	"errors"
	"log/slog"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
)

// A cachedTable is the sessions of a site with cached_db. They are read from
// the table alone, which is the truth, has an order and says how each was
// signed; what changes goes to the cache too.
type cachedTable struct {
	djsession.Store // of the table
	djsession.ExpiredClearer
	djsession.Lister
	djsession.Counter
	djsession.EncodedStore

	both, cache djsession.Store
}

// Create implements [djsession.Store].
func (t *cachedTable) Create(ctx context.Context, rec *djsession.Record) error {
	return t.both.Create(ctx, rec)
}

// Update implements [djsession.Store].
func (t *cachedTable) Update(ctx context.Context, rec *djsession.Record) error {
	return t.both.Update(ctx, rec)
}

// Delete implements [djsession.Store].
func (t *cachedTable) Delete(ctx context.Context, key string) error { return t.both.Delete(ctx, key) }

// Modify implements [djsession.Modifier].
func (t *cachedTable) Modify(ctx context.Context, key string, change func(rec *djsession.Record) error) error {
	return t.both.(djsession.Modifier).Modify(ctx, key, change)
}

// SwapEncoded implements [djsession.EncodedStore]. The cache forgets the
// sessions, and reads them from the table again.
func (t *cachedTable) SwapEncoded(ctx context.Context, swaps []djsession.EncodedSwap) ([]bool, error) {
	done, err := t.EncodedStore.SwapEncoded(ctx, swaps)
	for i, swapped := range done {
		if !swapped || err != nil {
			continue
		}
		if err := t.cache.Delete(ctx, swaps[i].Key); err != nil {
			return nil, fail.Hint(err, "clear the cache of the site: it has sessions as they were")
		}
	}
	return done, err
}

// openBefore puts the cache that --cache names before the table.
func (b *Place) openBefore(ctx context.Context, s *settings.Site, name string) error {
	if b.DB == nil {
		return fail.Hint(fail.Usagef("--cache is for a site with cached_db, whose --store is a database"), "a site that has its sessions in a cache alone names that with --store")
	}
	c, err := Open(ctx, s, name)
	if err != nil {
		return err
	}
	b.close = append(b.close, c.Close)
	if c.Cache == nil {
		return fail.Hint(fail.Usagef("--cache names %s, which is no cache", c.Where), "'djsession help stores' lists the caches")
	}
	opts := &cachestore.CachedDBOptions{
		Options:       *c.CacheOptions,
		CacheTimeout:  openTimeout,
		CacheRequired: true, // the command ends before it could make up for anything
		Logger:        slog.New(&talk{s.Say}),
	}
	if b.CachePrefix != "" && opts.StorePrefix == "" {
		opts.StorePrefix = b.CachePrefix
	}
	cached := opts.Options
	cached.StorePrefix = cmp.Or(cached.StorePrefix, "django.contrib.sessions.cached_db")
	cache := cachestore.New(c.Cache, &cached)
	with := b.With
	b.With = func(codec *djsession.Codec) djsession.Store {
		table := with(codec).(interface {
			djsession.Store
			djsession.ExpiredClearer
			djsession.Lister
			djsession.Counter
			djsession.EncodedStore
		})
		return &cachedTable{table, table, table, table, table, cachestore.NewCachedDB(table, c.Cache, opts), cache}
	}
	b.Store = b.With(s.Codec(djsession.Encoding{}, 0))
	b.Where += ", cached in " + c.Where
	b.Cached = true
	return nil
}

// talk says on stderr what is logged.
type talk struct {
	say func(format string, args ...any)
}

// Enabled implements [slog.Handler].
func (*talk) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

// Handle implements [slog.Handler].
func (t *talk) Handle(_ context.Context, r slog.Record) error {
	text := r.Message
	r.Attrs(func(attr slog.Attr) bool {
		if err, ok := attr.Value.Any().(error); ok {
			text += ": " + fail.Message(err)
		}
		return true
	})
	if t.say == nil {
		return errors.New(text)
	}
	t.say("%s", human.Printable(fail.OneLine(text)))
	return nil
}

// WithAttrs implements [slog.Handler].
func (t *talk) WithAttrs([]slog.Attr) slog.Handler { return t }

// WithGroup implements [slog.Handler].
func (t *talk) WithGroup(string) slog.Handler { return t }
