package testenv

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

const dataDirPrefix = "djsession-test-"

// dataDir is the directory for the data of this process's servers: in memory
// where the system offers that.
var dataDir = sync.OnceValues(makeDataDir)

var made struct {
	path string
	lock *os.File
}

func makeDataDir() (string, error) {
	root := os.TempDir()
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		root = "/dev/shm"
	}
	sweep(root)
	path, err := os.MkdirTemp(root, dataDirPrefix)
	if err != nil && root != os.TempDir() {
		path, err = os.MkdirTemp(os.TempDir(), dataDirPrefix)
	}
	if err != nil {
		return "", err
	}
	// Servers run under another account when the tests run as root: they may
	// pass through, not list.
	if err := os.Chmod(path, 0o711); err != nil {
		return "", err
	}
	made.path = path
	made.lock, err = os.Create(filepath.Join(path, "lock"))
	if err != nil {
		return "", err
	}
	_, err = tryLock(made.lock)
	return path, err
}

func removeDataDir() {
	if made.path != "" {
		os.RemoveAll(made.path)
	}
}

// sweep removes the directories of processes that died without removing them:
// their lock is free. A directory younger than a minute may not have its lock
// yet.
func sweep(root string) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !entry.IsDir() || !strings.HasPrefix(entry.Name(), dataDirPrefix) || time.Since(info.ModTime()) < time.Minute {
			continue
		}
		path := filepath.Join(root, entry.Name())
		lock, err := os.OpenFile(filepath.Join(path, "lock"), os.O_RDWR, 0)
		if err != nil {
			continue
		}
		if free, err := tryLock(lock); free && err == nil {
			os.RemoveAll(path)
		}
		lock.Close()
	}
}
