package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/account"
	"github.com/djsession/djsession-go/cmd/djsession/internal/audit"
	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/migrate"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/djsession"
)

// migrateFlags are what to migrate to, and how.
type migrateFlags struct {
	to          []string
	convert     string
	after       string
	batch       int
	pause       time.Duration
	expired     bool
	noUsers     bool
	force       bool
	yes, dryRun bool
}

func (a *app) migrateCommand() *cobra.Command {
	var f migrateFlags
	cmd := &cobra.Command{
		Use:     "migrate --to json|modern|key",
		GroupID: groupCare,
		Short:   "Rewrite sessions for another Django, serializer or key, without logging users out",
		Long: `Migrate rewrites sessions in place:

  --to json     pickles become JSON, for SESSION_SERIALIZER = JSONSerializer and for Django 5.0 and later
  --to modern   the layout of Django up to 3.0, and SHA-1 anywhere, become what Django 4.0 and later read; needs Django 3.1
  --to key      what a fallback key signed is signed with the SECRET_KEY, so that the fallback can go

Several can be given, --to json,modern,key. Only live sessions are seen to, unless --expired says otherwise.

It is one step of several: 'djsession help upgrade' and 'djsession help rotate' have all of them in order. A Django that does
not read the new form takes what is migrated for an empty session, and saves that over it. So migrate refuses while the newest
sessions say that such a Django runs, unless --force says otherwise.

It begins with a dry run and shows what it would do, and then asks; --yes does both. A pickled value that JSON cannot hold is
shown with the rule that would convert it, and its session is left as it is until --convert has that rule: what reads the
value must then expect its new form. The rules are
  ` + strings.ReplaceAll(migrate.AllRules(), ", tuple", ",\n  tuple") + `
and "usual" is all of them, each in its first way.

Django compares a hash of the user's password that is in the session, and which depends on the key and on SHA-1 or SHA-256.
With --to modern or key that hash is renewed, if it is good, from the password column of the users' table. Users whose
hash is not good were logged out before, and stay it. Of a custom user model, the settings name the table.

A session that changes meanwhile is left alone, and the next run sees to it. Neither expiry nor age changes. If it is stopped it
says where to go on: --after. A site with SESSION_ENGINE cached_db must clear its cache afterwards, unless --cache names it:
then rewritten sessions are taken out of the cache.`,
		Example: `  djsession migrate --to json --convert usual,decimal=float --dry-run
  djsession migrate --to json,modern --convert usual --yes
  djsession migrate --to key --yes`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.migrate(cmd.Context(), &f) },
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&f.to, "to", nil, "`WHAT` sessions are to become: json, modern, key, or several with commas")
	flags.StringVar(&f.convert, "convert", "", "`RULES` for values that JSON cannot hold, with commas")
	flags.StringVar(&f.after, "after", "", "go on where an earlier run stopped: the `TOKEN` it showed")
	flags.IntVar(&f.batch, "batch", 200, "write `N` sessions in a transaction")
	flags.DurationVar(&f.pause, "pause", 0, "wait for `TIME` between batches, such as 100ms")
	flags.BoolVar(&f.expired, "expired", false, "see to expired sessions too")
	flags.BoolVar(&f.force, "force", false, "migrate although the site seems not to read the new form yet")
	flags.BoolVar(&f.noUsers, "no-users", false, "leave session auth hashes as they are")
	flags.BoolVarP(&f.dryRun, "dry-run", "n", false, "show what would be done, and do nothing")
	yesFlag(flags, &f.yes)
	return cmd
}

func (f *migrateFlags) plan(s *settings.Site) (*migrate.Plan, error) {
	plan := &migrate.Plan{SecretKey: s.SecretKey, Fallbacks: s.Fallbacks}
	plan.Codec.StoreName, plan.Codec.Salt = s.Values["session_store_name"], s.Values["session_salt"]
	for _, to := range f.to {
		switch strings.TrimSpace(to) {
		case "json":
			plan.JSON = true
		case "modern":
			plan.Modern = true
		case "key":
			plan.Key = true
		default:
			return nil, fail.Usagef("--to takes json, modern and key, not %q", to)
		}
	}
	if len(f.to) == 0 {
		return nil, fail.Hint(fail.Usagef("migrate to what?"), "--to takes json, modern, key, or several with commas")
	}
	if plan.Key && len(s.Fallbacks) == 0 {
		return nil, fail.Hint(fail.Usagef("--to key without fallback keys"), "name the old keys with --secret-key-fallbacks-file, or DJANGO_SECRET_KEY_FALLBACKS")
	}
	if f.batch <= 0 || f.pause < 0 {
		return nil, fail.Usagef("--batch must be at least 1, and --pause cannot be negative")
	}
	var err error
	if plan.Rules, err = migrate.ParseRules(f.convert); err != nil {
		return nil, fail.AsUsage(err)
	}
	return plan, nil
}

func (a *app) migrate(ctx context.Context, f *migrateFlags) error {
	b, s, err := a.openToSurvey(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	plan, err := f.plan(s)
	if err != nil {
		return err
	}
	store, ok := b.Store.(djsession.EncodedStore)
	if !ok {
		return fail.Hint(fmt.Errorf("the sessions in %s are not texts of their own", b.Where), "migrate is for session tables")
	}
	opts := migrate.Options{Batch: f.batch, After: f.after, Expired: f.expired}
	if hash := hashOf(s); hash != audit.DjangoHash && (plan.Modern || plan.Key) {
		plan.OtherHashes = true
		a.Say("session auth hashes stay as they are: %s", foreignHashes(hash))
	}
	if !plan.OtherHashes && !f.noUsers && (plan.Modern || plan.Key) {
		users, err := account.Open(ctx, b, s)
		if err != nil {
			return err
		}
		defer users.Close()
		if err := users.CanAsk(ctx); err != nil {
			return err
		}
		opts.Passwords = users.Passwords
	}
	early, err := a.tooEarly(ctx, store, plan, s, f)
	if err != nil {
		return err
	}
	list := djsession.ListOptions{State: djsession.StateLive}
	if f.expired {
		list.State = djsession.StateAny
	}
	total := a.countFor(ctx, store, list)
	run := func(write bool, what string) (*migrate.Report, error) {
		p := a.Progress(what, total)
		defer p.Clear()
		opts.Write, opts.Progress = write, p.Set
		if write && f.pause > 0 {
			opts.Pause = func(ctx context.Context) error { return wait(ctx, f.pause) }
		}
		return migrate.Run(ctx, store, plan, &opts)
	}
	if f.dryRun || !f.yes {
		report, err := run(false, "dry run")
		if err != nil {
			return err
		}
		report.TooEarly = append(report.TooEarly, early...)
		if f.dryRun || report.Rewritten == 0 {
			return a.showMigration(report, b.Where)
		}
		sheet := a.Sheet()
		drawMigration(sheet, report, b.Where)
		fmt.Fprint(a.Stderr, sheet.String())
		question := fmt.Sprintf("rewrite %s in %s (%s)?", sessionCount(int(report.Rewritten)), b.Where, stepOf(plan))
		if err := a.Confirm(ctx, false, question); err != nil {
			return err
		}
	}
	a.warnCached(b, s)
	report, err := run(true, "writing")
	if err != nil {
		next := "the same command begins again"
		if report.After != "" {
			next = "to go on, give the same command with --after " + report.After
		}
		a.Say("wrote %s; %s", sessionCount(int(report.Rewritten)), next)
		return err
	}
	return a.showMigration(report, b.Where)
}

// foreignHashes says why hashes that are not Django's are left alone.
func foreignHashes(hash audit.Hash) string {
	if hash == audit.NoHash {
		return "the user model of this site has none"
	}
	return "the user model of this site makes its own; logins whose hash was made with an old key end when that leaves SECRET_KEY_FALLBACKS"
}

// tooEarly returns what of a plan would destroy sessions under the Django that
// runs. It is an error if they would be written.
func (a *app) tooEarly(ctx context.Context, store djsession.EncodedStore, plan *migrate.Plan, s *settings.Site, f *migrateFlags) ([]migrate.Early, error) {
	major, minor := s.Django()
	early, err := migrate.TooEarly(ctx, store, plan, migrate.Version{Major: major, Minor: minor})
	if err != nil {
		return nil, err
	}
	for _, e := range early {
		text := "too early for --to " + e.To + ": " + e.Reason
		if !e.SignedAt.IsZero() {
			text += " (signed " + a.relative(e.SignedAt) + ")"
		}
		if !f.dryRun && !f.force {
			return nil, fail.Hint(errors.New(text), guideOf(e.To)+" says what comes before; --force migrates all the same, for a site that reads the new form already")
		}
		a.Say("%s", text)
	}
	return early, nil
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
