package cli

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/filestore"
)

// openFiles opens the folder of Django's file backend: file:/path, as in SESSION_FILE_PATH.
func openFiles(_ context.Context, s *site, u *url.URL) (*backend, error) {
	path := u.Path
	if u.Opaque != "" {
		var err error
		if path, err = url.PathUnescape(u.Opaque); err != nil {
			return nil, usagef("the URL of the store cannot be read")
		}
	}
	if _, err := os.Stat(path); err != nil {
		return nil, fileError("open the folder", err)
	}
	if !isDir(path) {
		return nil, hint(usagef("%s is no folder", path), "file: is for SESSION_FILE_PATH; the path of a database stands alone, without file:")
	}
	opts := &filestore.Options{CookieName: s.cookieName, CookieAge: s.cookieAge, Local: s.local, Now: s.now}
	b := &backend{
		Where: path,
		With:  func(codec *djsession.Codec) djsession.Store { return filestore.New(path, codec, opts) },
		Text: func(_ context.Context, key string) (string, error) {
			text, err := os.ReadFile(filepath.Join(path, s.cookieName+key))
			if errors.Is(err, fs.ErrNotExist) {
				return "", djsession.ErrNotFound
			}
			if err != nil {
				return "", &djsession.CorruptError{Err: djsession.ErrUndecodable} // whose text would tell the key
			}
			return string(text), nil
		},
	}
	b.Store = b.With(s.codec(djsession.Encoding{}, 0))
	return b, nil
}
