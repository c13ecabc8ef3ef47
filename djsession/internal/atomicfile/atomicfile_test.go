package atomicfile

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// TestDrafts has each way to give a draft its name do the same, on systems that
// can do more and on those that can do less.
func TestDrafts(t *testing.T) {
	for _, row := range []struct {
		reason    string
		place     func(d *Draft, path string) error
		onFile    error // what it says where a file is
		onNothing error // and where none is
	}{
		{"create", (*Draft).Create, fs.ErrExist, nil},
		{"create without links", (*Draft).createWithoutLinks, fs.ErrExist, nil},
		{"replace", (*Draft).Replace, nil, fs.ErrNotExist},
		{"replace without exchange", (*Draft).replaceWithoutExchange, nil, fs.ErrNotExist},
		{"overwrite", (*Draft).Overwrite, nil, nil},
	} {
		for there, want := range map[bool]error{true: row.onFile, false: row.onNothing} {
			dir := t.TempDir()
			path := filepath.Join(dir, "file")
			if there {
				if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			changed := time.Unix(1700000000, 123456e3)
			d, err := NewDraft(dir, "draft", []byte("new"), changed)
			if err != nil {
				t.Fatal(err)
			}
			if err := row.place(d, path); !errors.Is(err, want) {
				t.Errorf("%s, file there %v: got error %v, want %v", row.reason, there, err, want)
			}
			d.Discard()
			v, err := Read(path, 100)
			switch {
			case want == nil && (err != nil || string(v.Data) != "new" || !v.Info.ModTime().Equal(changed) || v.Info.Mode() != 0o600):
				t.Errorf("%s, file there %v: afterwards there is %+v (%v)", row.reason, there, v, err)
			case want != nil && there && string(v.Data) != "old":
				t.Errorf("%s: the file has changed", row.reason)
			case want != nil && !there && !errors.Is(err, fs.ErrNotExist):
				t.Errorf("%s: there is a file: %v", row.reason, err)
			}
			if names, _ := filepath.Glob(filepath.Join(dir, "draft*")); len(names) > 0 {
				t.Errorf("%s, file there %v: the draft is left", row.reason, there)
			}
		}
	}
}

func TestReadBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, make([]byte, 11), 0o600); err != nil {
		t.Fatal(err)
	}
	for size, want := range map[int64]error{11: nil, 10: ErrTooLarge} {
		if v, err := Read(path, size); !errors.Is(err, want) || v == nil {
			t.Errorf("at most %d: %v, %v", size, v, err)
		}
	}
	if _, err := Read(filepath.Dir(path), 100); !errors.Is(err, ErrNotRegular) {
		t.Errorf("a directory: got error %v", err)
	}
}

// TestLockFollowsTheFile has a lock that was waited for be that of the file
// which is there by then.
func TestLockFollowsTheFile(t *testing.T) {
	if !CanLock {
		t.Skip("no locks on this system")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	first, err := Take(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	waiting := make(chan string)
	go func() {
		second, err := Take(context.Background(), path)
		if err != nil {
			waiting <- err.Error()
			return
		}
		defer second.Release()
		v, err := second.Read(100)
		waiting <- string(v.Data) + errorText(err)
	}()
	d, err := NewDraft(dir, "draft", []byte("new"), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Replace(path); err != nil {
		t.Fatal(err)
	}
	d.Discard()
	first.Release()
	if got := <-waiting; got != "new" {
		t.Errorf("whoever waited has %q", got)
	}
	if _, err := Take(t.Context(), filepath.Join(dir, "gone")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: got error %v", err)
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestWrap(t *testing.T) {
	dir := t.TempDir()
	notThere := &fs.PathError{Op: "open", Path: dir + "/sessionidsecret", Err: fs.ErrNotExist}
	for _, row := range []struct {
		reason, dir string
		err, want   error
	}{
		{"no file in a directory", dir, notThere, djsession.ErrNotFound},
		{"no folder", dir + "/gone", notThere, djsession.ErrUnavailable},
		{"no permission", dir, &fs.PathError{Op: "open", Path: dir + "/sessionidsecret", Err: fs.ErrPermission}, djsession.ErrUnavailable},
		{"a file that is there", dir, os.ErrExist, djsession.ErrKeyExists},
		{"too late", dir, context.DeadlineExceeded, djsession.ErrUnavailable},
		{"our own", dir, djsession.ErrInvalidKey, djsession.ErrInvalidKey},
		{"none", dir, nil, nil},
	} {
		err := Wrap("load", row.dir, row.err)
		if !errors.Is(err, row.want) || (err == nil) != (row.want == nil) {
			t.Errorf("%s: got %v, want %v", row.reason, err, row.want)
		}
		if strings.Contains(errorText(err), "sessionidsecret") {
			t.Errorf("%s: the error names the file", row.reason)
		}
	}
}
