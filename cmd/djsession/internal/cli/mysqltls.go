package cli

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/url"
	"os"

	"github.com/go-sql-driver/mysql"
)

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
			return usagef("ssl_cert and ssl_key of the store cannot be read: %w", err)
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
		return nil, fileError("read", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no certificate", file)
	}
	return pool, nil
}
