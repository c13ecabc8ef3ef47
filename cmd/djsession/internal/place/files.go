package place

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/storeurl"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/filestore"
)

// openFiles opens the directory of Django's file backend: file:/path, as in
// SESSION_FILE_PATH.
func openFiles(_ context.Context, s *settings.Site, u *url.URL) (*Place, error) {
	path, err := directory(u, "SESSION_FILE_PATH")
	if err != nil {
		return nil, err
	}
	name := cmp.Or(u.Query().Get("name"), s.CookieName)
	opts := &filestore.Options{CookieName: name, CookieAge: s.CookieAge, Local: s.Local, Now: s.Now}
	b := &Place{
		Where: path,
		With:  func(codec *djsession.Codec) djsession.Store { return filestore.New(path, codec, opts) },
		Text: func(_ context.Context, key string) (string, error) {
			text, err := os.ReadFile(filepath.Join(path, name+key))
			if errors.Is(err, fs.ErrNotExist) {
				return "", djsession.ErrNotFound
			}
			if err != nil {
				return "", &djsession.CorruptError{Err: djsession.ErrUndecodable} // whose text would tell the key
			}
			return string(text), nil
		},
	}
	b.Store = b.With(s.Codec(djsession.Encoding{}, 0))
	return b, nil
}

// directory returns the one that a URL names: file:///absolute, file:/absolute
// or file:relative. setting is the name of Django's setting for it.
func directory(u *url.URL, setting string) (string, error) {
	path, err := storeurl.Path(u)
	if err != nil {
		return "", err
	}
	if u.Host != "" || path == "" {
		return "", fail.Hint(fail.Usagef("the URL of the store names no directory"), "an absolute path takes three slashes, as in "+u.Scheme+":///absolute/directory")
	}
	if _, err := os.Stat(path); err != nil {
		return "", fail.Hint(fail.File("open the directory", err), u.Scheme+": names the directory of the site, its "+setting)
	}
	if !storeurl.IsDir(path) {
		return "", fail.Hint(fail.Usagef("%s is not a directory", path), u.Scheme+": is for "+setting+"; the path of a database stands alone, without "+u.Scheme+":")
	}
	return path, nil
}
