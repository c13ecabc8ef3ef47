package storeurl

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
)

// Path returns the path in the URL of a file or directory.
func Path(u *url.URL) (string, error) {
	isFolder := u.Scheme == "file" || u.Scheme == "filecache"
	switch {
	case u.Opaque != "":
		path, err := url.PathUnescape(u.Opaque)
		if err != nil {
			return "", fail.Usagef("the URL of the store cannot be read")
		}
		return path, nil
	case !isFolder && strings.Contains(u.String(), "///"): // three slashes are relative, and four are not
		return strings.TrimPrefix(u.Path, "/"), nil
	}
	return u.Path, nil
}

// In returns a store whose path is relative to a directory.
func In(dir, store string) string {
	if IsPath(store) {
		if filepath.IsAbs(store) {
			return store
		}
		return filepath.Join(dir, store)
	}
	u, err := Parse(store)
	if err != nil {
		return store // opening it will return the error
	}
	if kind := KindOf(u.Scheme); kind == nil || !kind.local {
		return store
	}
	path, err := Path(u)
	if err != nil || path == "" || filepath.IsAbs(path) {
		return store
	}
	u.Path, u.Opaque = "", url.PathEscape(filepath.Join(dir, path))
	return u.String()
}

// isFile reports whether there is anything at a path.
func isFile(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// IsDir reports whether a path is a directory.
func IsDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
