package whoami

import (
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// config is what the server is told.
type config struct {
	Driver, DSN, SecretKey string
}

func (c config) handler() (http.Handler, error) {
	db, err := sql.Open(c.Driver, c.DSN)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(clients)
	db.SetMaxIdleConns(clients)
	dialect := sqldialect.PostgreSQL
	if c.Driver == "sqlite" {
		dialect = sqldialect.SQLite
	}
	sessions := djsession.NewManager(dbstore.New(db, dialect, djsession.NewCodec(c.SecretKey, nil), nil), nil)
	login := auth.New(dbusers.New(db, dialect, nil), c.SecretKey, nil)
	return sessions.Handler(login.Handler(http.HandlerFunc(whoAmI))), nil
}

// whoAmI is the view "who" of testdata/site/urls.py.
func whoAmI(w http.ResponseWriter, r *http.Request) {
	answer := struct {
		User  string   `json:"user"`
		Names []string `json:"names"`
	}{}
	user, err := auth.FromRequest(r)
	switch {
	case err == nil:
		answer.User = user.Username
	case !errors.Is(err, auth.ErrNotLoggedIn):
		djsession.Error(w, r, err)
		return
	}
	session, err := djsession.FromRequest(r)
	if err != nil {
		djsession.Error(w, r, err)
		return
	}
	answer.Names = session.Names()
	slices.SortFunc(answer.Names, strings.Compare)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}
