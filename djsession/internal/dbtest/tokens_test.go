package dbtest

import (
	"crypto/sha512"
	"database/sql"
	"encoding/hex"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/auth/drftoken"
	"github.com/djsession/djsession-go/djsession/auth/knox"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

const aToken = "0123456789abcdef0123456789abcdef01234567"

// tokenSchemes are those with tables, on a database that has a user, and the
// tables or not.
func tokenSchemes(t *testing.T, db *testenv.Database, tables bool) (*auth.Auth, map[string]auth.Scheme) {
	conn, dialect := Open(t, db)
	users := dbusers.New(conn, dialect, nil)
	CreateUsers(t, conn, db.Vendor, "auth_user", "user", "integer")
	InsertUser(t, conn, "auth_user", "1", "alice", "md5$a$b", "", true, false)
	if tables {
		createTokens(t, conn, dialect.Quote("key"))
	}
	byDRF, byKnox := drftoken.New(conn, dialect, nil), knox.New(conn, dialect, nil)
	t.Cleanup(func() { users.Close(); byDRF.Close(); byKnox.Close() })
	return auth.New(users, "secret", nil), map[string]auth.Scheme{"drftoken": byDRF, "knox": byKnox}
}

func createTokens(t *testing.T, conn *sql.DB, key string) {
	t.Helper()
	digest := sha512.Sum512([]byte(aToken))
	for _, statement := range []string{
		"CREATE TABLE authtoken_token (" + key + " varchar(40) NOT NULL PRIMARY KEY, created timestamp NOT NULL, user_id integer NOT NULL)",
		"INSERT INTO authtoken_token VALUES ('" + aToken + "', '2026-12-01 12:00:00', 1)",
		"CREATE TABLE knox_authtoken (digest varchar(128) NOT NULL PRIMARY KEY, token_key varchar(25) NOT NULL, user_id integer NOT NULL, " +
			"created timestamp NOT NULL, expiry timestamp NULL)",
		"INSERT INTO knox_authtoken VALUES ('" + hex.EncodeToString(digest[:]) + "', '" + aToken[:15] + "', 1, '2026-12-01 12:00:00', NULL)",
	} {
		if _, err := conn.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTokensAreExact: a token is its characters, on MySQL too.
func TestTokensAreExact(t *testing.T) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		login, schemes := tokenSchemes(t, db, true)
		for name, scheme := range schemes {
			for _, c := range []struct {
				reason, token string
				want          error
			}{
				{"the token", aToken, nil},
				{"another case", strings.ToUpper(aToken), auth.ReasonBadToken},
				{"a letter with an accent", strings.Replace(aToken, "a", "á", 1), auth.ReasonBadToken},
				{"a NUL at its end", aToken + "\x00", auth.ReasonBadToken},
				{"a soft hyphen at its end", aToken + "\u00ad", auth.ReasonBadToken},
			} {
				r := httptest.NewRequest("GET", "/", nil)
				r.Header.Set("Authorization", "Token "+c.token)
				u, err := scheme.User(r, login)
				if !errors.Is(err, c.want) || (u != nil) != (c.want == nil) {
					t.Errorf("%s: %s: got %v, %v; want %v", name, c.reason, u, err, c.want)
				}
			}
		}
	})
}

// TestTokensOutage: a table that cannot be asked is an outage, not a bad token,
// and the error does not hold the token.
func TestTokensOutage(t *testing.T) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		login, schemes := tokenSchemes(t, db, false)
		for name, scheme := range schemes {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Authorization", "Token "+aToken)
			u, err := scheme.User(r, login)
			if u != nil || !errors.Is(err, djsession.ErrUnavailable) || errors.Is(err, auth.ErrNotLoggedIn) {
				t.Errorf("%s: got %v, %v", name, u, err)
			}
			if strings.Contains(err.Error(), aToken[:15]) {
				t.Errorf("%s: the error holds the token: %v", name, err)
			}
		}
	})
}
