package filestore_test

import (
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/filestore"
)

// TestNoPermission has a folder, and files in it, that the process may not
// touch.
func TestNoPermission(t *testing.T) {
	dir := t.TempDir()
	store := filestore.New(dir, codec, nil)
	record(t, store, `{"a":1}`, time.Now().Add(time.Hour))
	if err := os.Chmod(dir, 0); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o700)
	if os.Geteuid() == 0 {
		// This thread sees files as somebody else does, since no permission
		// stops root. It ends with the goroutine.
		done := make(chan struct{})
		go func() {
			defer close(done)
			runtime.LockOSThread()
			syscall.RawSyscall(syscall.SYS_SETFSUID, 65534, 0, 0)
			wantUnavailable(t, "no permission", store)
		}()
		<-done
		return
	}
	wantUnavailable(t, "no permission", store)
}

// TestPipe has a pipe in a session's place, whose other end never opens.
func TestPipe(t *testing.T) {
	dir := t.TempDir()
	store := filestore.New(dir, codec, nil)
	key := "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
	if err := syscall.Mkfifo(dir+"/sessionid"+key, 0o600); err != nil {
		t.Fatal(err)
	}
	if rec, err := store.Load(t.Context(), key); rec != nil || err == nil {
		t.Errorf("got %v, %v", rec, err)
	}
}
