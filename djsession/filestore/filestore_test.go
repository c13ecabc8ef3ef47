package filestore_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/filestore"
	"github.com/djsession/djsession-go/djsession/storetest"
)

var codec = djsession.NewCodec("a secret", nil)

func TestStore(t *testing.T) {
	storetest.Run(t, storetest.Harness{
		New: func(t testing.TB, now func() time.Time) djsession.Store {
			return filestore.New(t.TempDir(), codec, &filestore.Options{Now: now})
		},
		Limited: func(t testing.TB, now func() time.Time, maxSize int) (whole, limited djsession.Store) {
			dir := t.TempDir()
			return filestore.New(dir, codec, &filestore.Options{Now: now}),
				filestore.New(dir, codec, &filestore.Options{Now: now, MaxSize: int64(maxSize)})
		},
	})
}

func BenchmarkStore(b *testing.B) {
	storetest.Benchmark(b, storetest.Harness{New: func(b testing.TB, now func() time.Time) djsession.Store {
		return filestore.New(b.TempDir(), codec, &filestore.Options{Now: now})
	}})
}

func record(t *testing.T, store *filestore.Store, text string, expires time.Time) *djsession.Record {
	t.Helper()
	data, err := djsession.JSON.Loads(text)
	if err != nil {
		t.Fatal(err)
	}
	rec := &djsession.Record{Key: djsession.NewKey(), Data: data, Expires: expires}
	if err := store.Create(t.Context(), rec); err != nil {
		t.Fatal(err)
	}
	return rec
}

func TestNamesAndModes(t *testing.T) {
	dir := t.TempDir()
	store := filestore.New(dir, codec, &filestore.Options{CookieName: "sid"})
	rec := record(t, store, `{"a":1}`, time.Now().Add(time.Hour))
	for range 2 {
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 1 || entries[0].Name() != "sid"+rec.Key {
			t.Fatalf("the folder holds %d files, or another name (%v)", len(entries), err)
		}
		if info, _ := entries[0].Info(); info.Mode() != 0o600 {
			t.Errorf("mode %v", info.Mode())
		}
		if err := store.Update(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
	}
}

// TestEndOfSession has the end that the files do not hold come from where
// Django looks for it.
func TestEndOfSession(t *testing.T) {
	now := time.Unix(1700000000, 250e6).UTC()
	for _, row := range []struct {
		reason, text string
		want         time.Duration
	}{
		{"the cookie's age", `{"a":1}`, time.Hour},
		{"seconds count from the write", `{"_session_expiry":60}`, time.Minute},
		{"zero is the cookie's age", `{"_session_expiry":0}`, time.Hour},
		{"null is the cookie's age", `{"_session_expiry":null}`, time.Hour},
		{"an instant", `{"_session_expiry":"2023-11-14T22:18:20.250000+00:00"}`, 5 * time.Minute},
		{"a passed one", `{"_session_expiry":"2023-11-14T22:08:20.250000+00:00"}`, -5 * time.Minute},
		{"nonsense is the cookie's age", `{"_session_expiry":[]}`, time.Hour},
	} {
		dir := t.TempDir()
		store := filestore.New(dir, codec, &filestore.Options{CookieAge: time.Hour, Now: func() time.Time { return now }})
		rec := record(t, store, row.text, now.Add(row.want))
		// A Django that writes now leaves the file with this age.
		if err := os.Chtimes(filepath.Join(dir, "sessionid"+rec.Key), now, now); err != nil {
			t.Fatal(err)
		}
		got, err := store.Load(t.Context(), rec.Key)
		if row.want < 0 {
			if !errors.Is(err, djsession.ErrNotFound) {
				t.Errorf("%s: got error %v", row.reason, err)
			}
			continue
		}
		if err != nil || !got.Expires.Equal(now.Add(row.want)) {
			t.Errorf("%s: expires %v, want %v (%v)", row.reason, got.Expires, now.Add(row.want), err)
		}
	}
}

func TestWhatOthersLeave(t *testing.T) {
	dir := t.TempDir()
	store := filestore.New(dir, codec, nil)
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	good, err := codec.Encode(new(djsession.Data))
	if err != nil {
		t.Fatal(err)
	}
	key := strings.Repeat("k", 32)
	for _, row := range []struct {
		reason, text string
		want         error
	}{
		{"an empty file is a session that is being created", "", nil},
		{"a good one", good, nil},
		{"a forged one is corrupt", good[:len(good)-1] + "-", djsession.ErrCorrupt},
		{"half of one is corrupt", good[:len(good)/2], djsession.ErrCorrupt},
		{"anything else is corrupt", "\x00\xff<html>", djsession.ErrCorrupt},
		{"a huge one is not, since Django can read it", strings.Repeat("x", 17<<20), djsession.ErrTooLarge},
	} {
		write("sessionid"+key, row.text)
		rec, err := store.Load(t.Context(), key)
		if !errors.Is(err, row.want) || rec == nil || rec.Key != key || rec.Data.Len() != 0 {
			t.Errorf("%s: got %v, error %v", row.reason, rec, err)
		}
		var listed int
		for _, err := range store.List(t.Context(), nil) {
			if listed++; !errors.Is(err, row.want) {
				t.Errorf("%s: listed with error %v", row.reason, err)
			}
		}
		if listed != 1 {
			t.Errorf("%s: %d listed", row.reason, listed)
		}
	}
	change := func(rec *djsession.Record) error { rec.Data.Set("a", 1); return nil }
	if err := store.Modify(t.Context(), key, change); !errors.Is(err, djsession.ErrTooLarge) {
		t.Errorf("Modify of a huge session: got error %v, want ErrTooLarge", err)
	}
	write("sessionid"+key, "<html>")
	if err := store.Modify(t.Context(), key, change); err != nil {
		t.Errorf("a corrupt session cannot be changed: %v", err)
	}
}

// TestSiteWithALongerName shares its folder with one whose cookie's name its
// own begins with.
func TestSiteWithALongerName(t *testing.T) {
	dir := t.TempDir()
	other := filestore.New(dir, djsession.NewCodec("another secret", nil), &filestore.Options{CookieName: "sessionidadmin"})
	rec := record(t, other, `{"a":1}`, time.Now().Add(time.Hour))
	tomorrow := func() time.Time { return time.Now().Add(24 * time.Hour) }
	store := filestore.New(dir, codec, &filestore.Options{CookieAge: time.Minute, Now: tomorrow})
	if n, err := store.ClearExpired(t.Context(), nil); n != 0 || err != nil {
		t.Errorf("%d went (%v)", n, err)
	}
	if _, err := other.Load(t.Context(), rec.Key); err != nil {
		t.Errorf("the other site's session: %v", err)
	}
}

// TestClearPassesOver has a file that cannot be looked at keep no other from
// being removed, whatever the order in the folder.
func TestClearPassesOver(t *testing.T) {
	dir := t.TempDir()
	store := filestore.New(dir, codec, nil)
	for _, c := range "am" {
		bad := filepath.Join(dir, "sessionid"+strings.Repeat(string(c), 32))
		if err := os.Symlink(bad, bad); err != nil {
			t.Fatal(err)
		}
	}
	const sessions = 8
	for range sessions {
		record(t, store, `{"a":1}`, time.Now().Add(-time.Hour))
	}
	n, err := store.ClearExpired(t.Context(), nil)
	if n != sessions || !errors.Is(err, djsession.ErrUnavailable) {
		t.Errorf("%d of %d went (%v)", n, sessions, err)
	}
}

func TestOtherFilesAreLeftAlone(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	store := filestore.New(dir, codec, &filestore.Options{Now: func() time.Time { return now }})
	key := strings.Repeat("k", 32)
	names := []string{"other", "sessionid", "sessionidshort", "sessionid" + key + "_out_12345678", "sessionid" + strings.ToUpper(key), "Sessionid" + key, "xsessionid" + key}
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "sessionid"+key), 0o700); err != nil {
		t.Fatal(err)
	}
	now = now.Add(365 * 24 * time.Hour)
	if n, err := store.ClearExpired(t.Context(), nil); n != 0 || err != nil {
		t.Errorf("%d went (%v)", n, err)
	}
	for rec, err := range store.List(t.Context(), &djsession.ListOptions{Order: djsession.OrderByExpiry}) {
		t.Errorf("listed %v, %v", rec, err)
	}
	if _, err := store.Load(t.Context(), key); !errors.Is(err, djsession.ErrUnavailable) || strings.Contains(err.Error(), key) {
		t.Errorf("a folder in a session's place: got error %v", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != len(names)+1 {
		t.Errorf("%d files are left of %d", len(entries), len(names)+1)
	}
}

// TestNoFolder has no failure of the folder look like a logout.
func TestNoFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for reason, dir := range map[string]string{"missing": filepath.Join(t.TempDir(), "gone"), "a file": file} {
		store := filestore.New(dir, codec, nil)
		wantUnavailable(t, reason, store)
	}
}

// wantUnavailable calls everything that a store has.
func wantUnavailable(t *testing.T, reason string, store *filestore.Store) {
	t.Helper()
	ctx := context.Background()
	rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
	_, loadErr := store.Load(ctx, rec.Key)
	_, clearErr := store.ClearExpired(ctx, nil)
	var listErr error
	for _, err := range store.List(ctx, nil) {
		listErr = err
	}
	for op, err := range map[string]error{
		"Load": loadErr, "Create": store.Create(ctx, rec), "Update": store.Update(ctx, rec), "Delete": store.Delete(ctx, rec.Key),
		"Modify":       store.Modify(ctx, rec.Key, func(*djsession.Record) error { return nil }),
		"ClearExpired": clearErr, "List": listErr,
	} {
		var cause syscall.Errno
		if !errors.Is(err, djsession.ErrUnavailable) || errors.Is(err, djsession.ErrNotFound) || !errors.As(err, &cause) {
			t.Errorf("%s: %s: got error %v", reason, op, err)
		} else if strings.Contains(err.Error(), rec.Key) {
			t.Errorf("%s: %s: the error tells the key", reason, op)
		}
	}
}

// TestTwoClearAtOnce has each expired file counted once.
func TestTwoClearAtOnce(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	const sessions = 300
	for range sessions {
		record(t, filestore.New(dir, codec, nil), `{}`, now.Add(-time.Minute))
	}
	live := record(t, filestore.New(dir, codec, nil), `{}`, now.Add(time.Hour))
	var mu sync.Mutex
	var total int64
	var wait sync.WaitGroup
	for range 4 {
		store := filestore.New(dir, codec, nil)
		wait.Go(func() {
			n, err := store.ClearExpired(t.Context(), &djsession.ClearOptions{BatchSize: 10})
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			total += n
		})
	}
	wait.Wait()
	if total != sessions {
		t.Errorf("%d were cleared, want %d", total, sessions)
	}
	if _, err := filestore.New(dir, codec, nil).Load(t.Context(), live.Key); err != nil {
		t.Error(err)
	}
}

func TestLockedOut(t *testing.T) {
	store := filestore.New(t.TempDir(), codec, nil)
	rec := record(t, store, `{"a":1}`, time.Now().Add(time.Hour))
	err := store.Modify(t.Context(), rec.Key, func(*djsession.Record) error {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		return store.Update(ctx, rec)
	})
	if !errors.Is(err, djsession.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting for a lock beyond the deadline: got error %v", err)
	}
}

// A lock that is held for ever does not stop a walk.
func TestClearPassesOverALockedFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("this system has no locks")
	}
	dir := t.TempDir()
	now := time.Now()
	store := filestore.New(dir, codec, &filestore.Options{Now: func() time.Time { return now }})
	locked, free := record(t, store, `{}`, now), record(t, store, `{}`, now)
	err := store.Modify(t.Context(), locked.Key, func(*djsession.Record) error {
		now = now.Add(2 * djsession.DefaultAge)
		deleted, err := store.ClearExpired(t.Context(), nil)
		if deleted != 1 || !errors.Is(err, djsession.ErrUnavailable) || !strings.Contains(err.Error(), "locked") {
			t.Errorf("ClearExpired: got %d, %v; want 1 and an error that says that a file is locked", deleted, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "sessionid"+free.Key)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the free file: got %v, want it gone", err)
	}
}

// TestNoDirectory: Django's default is a directory that other accounts can
// write to, so it is not taken in silence.
func TestNoDirectory(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	for dir, want := range map[string]int{"": 1, t.TempDir(): 0} {
		log.Reset()
		filestore.New(dir, codec, nil)
		if got := strings.Count(log.String(), "SESSION_FILE_PATH"); got != want {
			t.Errorf("New(%q): got %d warnings, want %d", dir, got, want)
		}
	}
}

// TestDraftsOfKilledProcesses are removed by ClearExpired once they are a day
// old. They are no sessions, and not counted.
func TestDraftsOfKilledProcesses(t *testing.T) {
	dir := t.TempDir()
	key := djsession.NewKey()
	files := map[string]struct {
		age  time.Duration
		gone bool
	}{
		"sessionid" + key + "_out_1": {25 * time.Hour, true},
		"sessionid" + key + "_out_2": {time.Hour, false}, // it may still be written
		"sessionid_out_3":            {25 * time.Hour, false},
		"other" + key + "_out_4":     {25 * time.Hour, false},
	}
	for name, f := range files {
		path := filepath.Join(dir, name)
		written := time.Now().Add(-f.age)
		if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chtimes(path, written, written)); err != nil {
			t.Fatal(err)
		}
	}
	store := filestore.New(dir, djsession.NewCodec("secret", nil), nil)
	if n, err := store.ClearExpired(t.Context(), nil); n != 0 || err != nil {
		t.Errorf("got %d sessions deleted (%v), want none", n, err)
	}
	for name, f := range files {
		if _, err := os.Stat(filepath.Join(dir, name)); errors.Is(err, os.ErrNotExist) != f.gone {
			t.Errorf("%s is there: %v; want gone %v", name, err == nil, f.gone)
		}
	}
}
