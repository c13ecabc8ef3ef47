package place

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/go-sql-driver/mysql"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/storeurl"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// openMySQL counts rows that were found and not only those that were changed,
// as Django does.
func openMySQL(ctx context.Context, s *settings.Site, u *url.URL) (*Place, error) {
	config := mysql.NewConfig()
	config.User = u.User.Username()
	config.Passwd, _ = u.User.Password()
	config.DBName = strings.TrimPrefix(u.Path, "/")
	config.Net, config.Addr = "tcp", net.JoinHostPort(cmp.Or(u.Hostname(), "127.0.0.1"), cmp.Or(u.Port(), "3306"))
	query := u.Query()
	if socket := cmp.Or(query.Get("unix_socket"), query.Get("socket")); socket != "" {
		config.Net, config.Addr = "unix", socket
	}
	if err := mysqlTLS(config, query); err != nil {
		return nil, err
	}
	config.ClientFoundRows = true
	config.Timeout = openTimeout
	config.Logger = &mysql.NopLogger{} // what fails is an error too
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	db, err := dial(ctx, sql.OpenDB(connector))
	if err != nil {
		return nil, unreachable("MySQL", config.Addr, err)
	}
	return databasePlace(db, sqldialect.MySQL, s, u, storeurl.Shown(u))
}

// mysqlTLS reads tls, ssl_ca, ssl_cert and ssl_key of a URL: what ssl and
// ssl_mode are in OPTIONS.
func mysqlTLS(config *mysql.Config, query url.Values) error {
	config.TLSConfig = query.Get("tls")
	ca, cert, key := query.Get("ssl_ca"), query.Get("ssl_cert"), query.Get("ssl_key")
	if ca == "" && cert == "" && key == "" {
		return nil
	}
	secure := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: config.TLSConfig == "skip-verify"}
	if ca != "" {
		pool, err := certificates(ca)
		if err != nil {
			return err
		}
		secure.RootCAs = pool
	}
	if cert != "" || key != "" {
		own, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return fail.Usagef("ssl_cert and ssl_key of the store cannot be read: %w", err)
		}
		secure.Certificates = []tls.Certificate{own}
	}
	config.TLSConfig, config.TLS = "", secure
	return nil
}

// certificates reads a file of those to trust.
func certificates(file string) (*x509.CertPool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fail.File("read", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no certificate", file)
	}
	return pool, nil
}
