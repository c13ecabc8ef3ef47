package storeurl

import (
	"net/url"
	"os"
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
