package knox

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/internal/sqldb"
)

// A row is a token's in the table.
type row struct {
	digest, userID  string
	created, expiry sqldb.ScanTime
}

func (r *row) expires() bool { return !r.expiry.Time.IsZero() }

// row finds a token. Tokens with the same beginning are told apart by their
// digest, all of them in the same time.
func (s *Scheme) row(ctx context.Context, token string) (*row, error) {
	if !utf8.ValidString(token) || strings.IndexByte(token, 0) >= 0 {
		return nil, auth.ReasonBadToken
	}
	digest := s.opts.Hash()
	io.WriteString(digest, token)
	want := []byte(hex.EncodeToString(digest.Sum(nil)))
	for retry := s.db.Retry(); ; {
		found, err := s.rowOnce(ctx, s.key(token), want)
		if retry.After(ctx, err) {
			continue
		}
		if err != nil {
			return nil, sqldb.Wrap(s.db.Dialect, "find a token in", s.opts.Table, err, s.key(token))
		}
		if found == nil {
			return nil, auth.ReasonBadToken
		}
		return found, nil
	}
}

func (s *Scheme) rowOnce(ctx context.Context, key string, want []byte) (found *row, err error) {
	rows, err := s.db.Query(ctx, s.find, key)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		r := row{created: sqldb.ScanTime{Local: s.opts.Local}, expiry: sqldb.ScanTime{Local: s.opts.Local}}
		if err := rows.Scan(&r.digest, &r.userID, &r.created, &r.expiry); err != nil {
			return nil, err
		}
		if subtle.ConstantTimeCompare([]byte(r.digest), want) == 1 {
			found = &r
		}
	}
	return found, rows.Err()
}

// key is the beginning of a token that the table has, in characters.
func (s *Scheme) key(token string) string {
	n := 0
	for i := range token {
		if n++; n > s.opts.KeyLength {
			return token[:i]
		}
	}
	return token
}

// prolong moves the expiry of a token that is used.
// Django: knox.auth.TokenAuthentication.renew_token.
func (s *Scheme) prolong(ctx context.Context, r *row) error {
	if !s.opts.AutoRefresh || !r.expires() {
		return nil
	}
	expiry := s.opts.Now().Add(s.opts.TokenTTL)
	if limit := s.opts.AutoRefreshMaxTTL; limit > 0 && expiry.After(r.created.Time.Add(limit)) {
		expiry = r.created.Time.Add(limit)
	}
	if expiry.Sub(r.expiry.Time).Truncate(time.Microsecond) <= s.opts.MinRefreshInterval {
		return nil
	}
	at := s.db.Dialect.Time(expiry, s.opts.Local)
	_, err := s.db.Exec(ctx, s.refresh, at, r.digest, at)
	return sqldb.Wrap(s.db.Dialect, "prolong a token in", s.opts.Table, err, r.digest)
}
