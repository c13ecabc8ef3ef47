package filestore_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/filestore"
)

// TestUnlockedWriter has a writer that takes no lock, as Django takes none,
// save in the middle of a Modify: both changes stay.
func TestUnlockedWriter(t *testing.T) {
	dir := t.TempDir()
	store := filestore.New(dir, codec, nil)
	rec := record(t, store, `{"a":1}`, time.Now().Add(time.Hour))
	path := filepath.Join(dir, "sessionid"+rec.Key)
	calls := 0
	err := store.Modify(t.Context(), rec.Key, func(rec *djsession.Record) error {
		if calls++; calls <= 2 {
			other := rec.Data.Clone()
			other.Set("django", calls)
			text, err := codec.Encode(other)
			if err != nil {
				return err
			}
			if err := errors.Join(os.WriteFile(path+"_out_x", []byte(text), 0o600), os.Rename(path+"_out_x", path)); err != nil {
				return err
			}
		}
		rec.Data.Set("go", calls)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := store.Load(t.Context(), rec.Key)
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := djsession.JSON.Dumps(nil, got.Data); string(text) != `{"a":1,"go":3,"django":2}` && string(text) != `{"a":1,"django":2,"go":3}` {
		t.Errorf("got %s after %d calls", text, calls)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%d files are left", len(entries))
	}
}

// TestUnlockedWriterAndAnError has the change fail when it sees what such a
// writer saved: then that is what stays.
func TestUnlockedWriterAndAnError(t *testing.T) {
	for reason, after := range map[string]string{
		"what it saved stays":                  "",
		"what it saved meanwhile stays":        `{"newer":1}`,
		"a session that it deleted stays away": "delete",
	} {
		dir := t.TempDir()
		store := filestore.New(dir, codec, nil)
		rec := record(t, store, `{"a":1}`, time.Now().Add(time.Hour))
		path := filepath.Join(dir, "sessionid"+rec.Key)
		save := func(text string) {
			data, err := djsession.JSON.Loads(text)
			if err != nil {
				t.Fatal(err)
			}
			signed, err := codec.Encode(data)
			if err := errors.Join(err, os.WriteFile(path+"_out_x", []byte(signed), 0o600), os.Rename(path+"_out_x", path)); err != nil {
				t.Fatal(err)
			}
		}
		wanted := `{"django":1}`
		taken := errors.New("taken")
		calls := 0
		err := store.Modify(t.Context(), rec.Key, func(rec *djsession.Record) error {
			switch calls++; calls {
			case 1:
				save(wanted)
				rec.Data.Set("go", 1)
				return nil
			case 2:
				switch after {
				case "":
				case "delete":
					os.Remove(path)
				default:
					wanted = after
					save(after)
				}
			}
			return taken
		})
		if !errors.Is(err, taken) || calls != 2 {
			t.Errorf("%s: got error %v after %d calls", reason, err, calls)
		}
		got, err := store.Load(t.Context(), rec.Key)
		if after == "delete" {
			if !errors.Is(err, djsession.ErrNotFound) {
				t.Errorf("%s: got error %v", reason, err)
			}
			wanted = ""
		} else if err != nil {
			t.Errorf("%s: %v", reason, err)
		} else if text, _ := djsession.JSON.Dumps(nil, got.Data); string(text) != wanted {
			t.Errorf("%s: got %s, want %s", reason, text, wanted)
		}
		if entries, _ := os.ReadDir(dir); len(entries) > 1 || wanted == "" && len(entries) > 0 {
			t.Errorf("%s: %d files are left", reason, len(entries))
		}
	}
}

// TestDeletedByAnUnlockedOne has a delete that takes no lock win over a save
// that is under way.
func TestDeletedByAnUnlockedOne(t *testing.T) {
	dir := t.TempDir()
	store := filestore.New(dir, codec, nil)
	rec := record(t, store, `{"a":1}`, time.Now().Add(time.Hour))
	err := store.Modify(t.Context(), rec.Key, func(*djsession.Record) error {
		return os.Remove(filepath.Join(dir, "sessionid"+rec.Key))
	})
	if !errors.Is(err, djsession.ErrNotFound) {
		t.Errorf("got error %v", err)
	}
	if entries, err := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("%d files are left (%v)", len(entries), err)
	}
	if _, err := os.Stat(filepath.Join(dir, "sessionid"+rec.Key)); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the session came back")
	}
}

// TestModifyGivesUp has such a writer save in the middle of every change, for
// ever: what it saved last stays.
func TestModifyGivesUp(t *testing.T) {
	if runtime.GOOS != "linux" && runtime.GOOS != "darwin" {
		t.Skip("this system does not show what was replaced")
	}
	dir := t.TempDir()
	store := filestore.New(dir, codec, nil)
	rec := record(t, store, `{"a":1}`, time.Now().Add(time.Hour))
	path := filepath.Join(dir, "sessionid"+rec.Key)
	calls := 0
	err := store.Modify(t.Context(), rec.Key, func(mine *djsession.Record) error {
		if calls++; calls > 10_000 {
			return errors.New("it goes on for ever")
		}
		rec.Data.Set("django", calls)
		text, err := codec.Encode(rec.Data)
		mine.Data.Set("go", calls)
		return errors.Join(err, os.WriteFile(path+"_out_x", []byte(text), 0o600), os.Rename(path+"_out_x", path))
	})
	if !errors.Is(err, djsession.ErrRaces) || !errors.Is(err, djsession.ErrUnavailable) {
		t.Errorf("got error %v after %d calls, want ErrRaces", err, calls)
	}
	got, err := store.Load(t.Context(), rec.Key)
	if err != nil {
		t.Fatal(err)
	}
	if n, _, _ := djsession.Get[int](got.Data, "django"); n != calls || got.Data.Has("go") {
		t.Errorf("the file has save %d of %d (with the change that was given up: %v)", n, calls, got.Data.Has("go"))
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%d files are left, want one", len(entries))
	}
}
