package filecache_test

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/filecache"
	"github.com/djsession/djsession-go/djsession/storetest"
	"github.com/djsession/djsession-go/pickle"
)

func TestStore(t *testing.T) {
	open := func(dir string, now func() time.Time, maxSize int) djsession.Store {
		return cachestore.New(filecache.New(dir, &filecache.Options{Now: now, MaxSize: maxSize}), &cachestore.Options{Now: now})
	}
	storetest.Run(t, storetest.Harness{
		DropsExpired: true,
		NotJSON:      true,
		New:          func(t testing.TB, now func() time.Time) djsession.Store { return open(t.TempDir(), now, 0) },
		Limited: func(t testing.TB, now func() time.Time, maxSize int) (whole, limited djsession.Store) {
			dir := t.TempDir()
			return open(dir, now, 0), open(dir, now, maxSize)
		},
	})
}

var frozen = time.Unix(1700000000, 250e6)

func fileOf(dir, key string) string {
	return filepath.Join(dir, fmt.Sprintf("%x.djcache", md5.Sum([]byte(key))))
}

// TestVectors reads the files that each Django wrote, and the pickles that are
// in them.
func TestVectors(t *testing.T) {
	file, err := os.Open("testdata/cache.file.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	const session = "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
	key := ":1:django.contrib.sessions.cache" + session
	n := map[string]int{}
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		var v struct{ What, Django, Input, Note, Output string }
		if err := json.Unmarshal(scanner.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		n[v.What]++
		data, err := hex.DecodeString(strings.TrimPrefix(v.Output, "hex:"))
		if err != nil {
			t.Fatal(err)
		}
		if v.What == "cache.pickle" {
			data = content(t, 1701209600.25, data)
		} else if !strings.Contains(v.Note, filepath.Base(fileOf("", key))) {
			t.Fatalf("%s: the file has another name", v.Django)
		}
		dir := t.TempDir()
		if err := os.WriteFile(fileOf(dir, key), data, 0o600); err != nil {
			t.Fatal(err)
		}
		now := func() time.Time { return frozen }
		rec, err := cachestore.New(filecache.New(dir, &filecache.Options{Now: now}), &cachestore.Options{Now: now}).Load(t.Context(), session)
		if err != nil {
			t.Errorf("%s: %s: %v", v.Django, v.Note, err)
			continue
		}
		for _, name := range []string{"foo", "_auth_user_id"} {
			want := map[string]string{"foo": "bar", "_auth_user_id": "42"}[name]
			if got, ok := rec.Data.Text(name); ok != strings.Contains(v.Input, name) || ok && got != want {
				t.Errorf("%s: %s is %q", v.Django, name, got)
			}
		}
		if !rec.Expires.Equal(frozen.Add(djsession.DefaultAge)) {
			t.Errorf("%s: expires %v", v.Django, rec.Expires.UTC())
		}
	}
	if n["cache.file"] < 15 || n["cache.pickle"] < 19 {
		t.Errorf("only %v vectors", n)
	}
}

// content is a file of the cache.
func content(t testing.TB, expiry any, value []byte) []byte {
	t.Helper()
	p, err := pickle.Marshal(expiry, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := bytes.NewBuffer(p)
	z := zlib.NewWriter(b)
	z.Write(value)
	z.Close()
	return b.Bytes()
}

func TestForeignFiles(t *testing.T) {
	now := frozen
	good := content(t, 1700000001.0, []byte("value"))
	for _, row := range []struct {
		reason string
		data   []byte
		want   error
	}{
		{"good", good, nil},
		{"for ever", content(t, nil, []byte("value")), nil},
		{"whole seconds, as no Django writes", content(t, 1700000001, []byte("value")), nil},
		{"until the sun is cold", content(t, 1e300, []byte("value")), nil},
		{"bytes behind the packed value", append(bytes.Clone(good), "more"...), nil},
		{"expired", content(t, 1700000000.0, []byte("value")), djsession.ErrNotFound},
		{"expired this very moment", content(t, 1700000000.25, []byte("value")), djsession.ErrNotFound},
		{"long before there was time", content(t, -1e300, []byte("value")), djsession.ErrNotFound},
		{"empty, which Django takes for expired", nil, djsession.ErrNotFound},
		{"cut in the expiry", good[:5], djsession.ErrCorrupt},
		{"cut in the value", good[:len(good)-3], djsession.ErrCorrupt},
		{"an expiry that is none", content(t, "soon", []byte("value")), djsession.ErrCorrupt},
		{"two pickles, as before Django 1.7", append(good[:12:12], "\x80\x02}."...), djsession.ErrCorrupt},
		{"no pickle", []byte("<html>"), djsession.ErrCorrupt},
		{"a small file that is large inside", content(t, nil, make([]byte, 2<<20)), djsession.ErrTooLarge},
		{"a large file", make([]byte, 2<<20), djsession.ErrTooLarge},
	} {
		dir := t.TempDir()
		cache := filecache.New(dir, &filecache.Options{MaxSize: 1 << 20, Now: func() time.Time { return now }})
		if err := os.WriteFile(fileOf(dir, "key"), row.data, 0o600); err != nil {
			t.Fatal(err)
		}
		value, err := cache.Get(t.Context(), "key")
		if !errors.Is(err, row.want) || (err == nil) != (string(value) == "value") {
			t.Errorf("%s: got %q, error %v, want %v", row.reason, value, err, row.want)
		}
		// Whatever was there, a new value can take its place.
		if err := cache.Set(t.Context(), "key", []byte("new"), time.Minute); err != nil {
			t.Errorf("%s: Set: %v", row.reason, err)
		}
		if value, ttl, err := cache.GetTTL(t.Context(), "key"); string(value) != "new" || ttl.Round(time.Millisecond) != time.Minute || err != nil {
			t.Errorf("%s: after Set: %q, %v, %v", row.reason, value, ttl, err)
		}
	}
}

// TestAddToExpired has one of many take the place of a value that has expired.
func TestAddToExpired(t *testing.T) {
	dir := t.TempDir()
	for range 20 {
		if err := os.WriteFile(fileOf(dir, "key"), content(t, 1.0, nil), 0o600); err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var wait sync.WaitGroup
		won := 0
		for i := range 8 {
			wait.Go(func() {
				err := filecache.New(dir, nil).Add(t.Context(), "key", []byte{byte(i)}, time.Minute)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				} else if !errors.Is(err, djsession.ErrKeyExists) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if won != 1 {
			t.Fatalf("%d of 8 added it", won)
		}
	}
}

// TestDanglingLink has a name be taken, and nothing behind it, for as long as
// one looks.
func TestDanglingLink(t *testing.T) {
	dir := t.TempDir()
	cache := filecache.New(dir, nil)
	if err := os.Symlink(filepath.Join(dir, "nothing"), filepath.Join(dir, fmt.Sprintf("%x.djcache", md5.Sum([]byte("key"))))); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := cache.Add(ctx, "key", []byte("value"), time.Hour); !errors.Is(err, djsession.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Add: got error %v", err)
	}
	if err := cache.Set(ctx, "key", []byte("value"), time.Hour); err != nil {
		t.Errorf("Set: %v", err)
	}
}

func TestNoFolder(t *testing.T) {
	cache := filecache.New(filepath.Join(t.TempDir(), "gone"), nil)
	_, getErr := cache.Get(t.Context(), "key")
	for op, err := range map[string]error{
		"Get": getErr, "Set": cache.Set(t.Context(), "key", nil, time.Minute), "Add": cache.Add(t.Context(), "key", nil, time.Minute),
		"Replace": cache.Replace(t.Context(), "key", nil, time.Minute), "Delete": cache.Delete(t.Context(), "key"),
		"Modify": cache.Modify(t.Context(), "key", nil),
	} {
		if !errors.Is(err, djsession.ErrUnavailable) || errors.Is(err, djsession.ErrNotFound) {
			t.Errorf("%s: got error %v", op, err)
		}
	}
}

func FuzzGet(f *testing.F) {
	f.Add(content(f, 1800000000.5, []byte("value")))
	f.Add(content(f, nil, nil))
	f.Add([]byte("N.x\x9c"))
	f.Add([]byte("\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\xff"))
	dir := f.TempDir()
	cache := filecache.New(dir, &filecache.Options{MaxSize: 1 << 20})
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(fileOf(dir, "key"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		value, ttl, err := cache.GetTTL(t.Context(), "key")
		if err != nil && !errors.Is(err, djsession.ErrCorrupt) && !errors.Is(err, djsession.ErrNotFound) || len(value) > 1<<20 || ttl < 0 {
			t.Errorf("%d bytes, %v, %v", len(value), ttl, err)
		}
	})
}

func BenchmarkStore(b *testing.B) {
	storetest.Benchmark(b, storetest.Harness{New: func(b testing.TB, now func() time.Time) djsession.Store {
		return cachestore.New(filecache.New(b.TempDir(), nil), nil)
	}})
}

// TestDraftsOfKilledProcesses are removed once they are an hour old. Files of
// others, and drafts that may still be written, stay.
func TestDraftsOfKilledProcesses(t *testing.T) {
	dir := t.TempDir()
	files := map[string]struct {
		age  time.Duration
		gone bool
	}{
		"djsession-draft-1":  {2 * time.Hour, true},
		"djsession-draft-2":  {time.Minute, false},
		"tmpabcdef":          {2 * time.Hour, false}, // Django's own
		"0123456789.djcache": {2 * time.Hour, false},
	}
	for name, f := range files {
		path := filepath.Join(dir, name)
		written := time.Now().Add(-f.age)
		if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chtimes(path, written, written)); err != nil {
			t.Fatal(err)
		}
	}
	if err := filecache.New(dir, nil).Set(t.Context(), "key", []byte("value"), time.Minute); err != nil {
		t.Fatal(err)
	}
	for name, f := range files {
		if _, err := os.Stat(filepath.Join(dir, name)); errors.Is(err, os.ErrNotExist) != f.gone {
			t.Errorf("%s is there: %v; want gone %v", name, err == nil, f.gone)
		}
	}
}
