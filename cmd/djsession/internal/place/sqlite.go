package place

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"

	_ "modernc.org/sqlite" // sqlite

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/storeurl"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// openSQLite takes sqlite:path, sqlite:///relative and sqlite:////absolute, as
// other tools for DATABASE_URL do. It never makes a file.
func openSQLite(ctx context.Context, s *settings.Site, u *url.URL) (*Place, error) {
	path, err := storeurl.Path(u)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, missingFile(path, err)
	}
	if storeurl.IsDir(path) {
		return nil, fail.Hint(fail.Usagef("%s is a directory", path), "--store names the file of the database, as a rule "+strings.TrimSuffix(path, "/")+"/db.sqlite3; file:"+path+" are sessions in files")
	}
	name := url.URL{Scheme: "file", Opaque: url.PathEscape(path), RawQuery: "mode=rw&_pragma=busy_timeout(10000)"}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	return databasePlace(db, sqldialect.SQLite, s, u, path)
}

func missingFile(path string, err error) error {
	failed := fmt.Errorf("cannot open %s: %w", path, errors.Unwrap(err))
	if !errors.Is(err, fs.ErrNotExist) {
		return failed
	}
	if _, err := os.Stat("/" + path); err == nil {
		return fail.Hint(failed, "/"+path+" is there: an absolute path takes four slashes in a URL, sqlite:////"+path)
	}
	return fail.Hint(failed, "--store names the site's database: a db.sqlite3, or a URL that begins with postgres: or mysql:")
}
