package place

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// TestMySQLTLS reads what settings import makes of ssl and ssl_mode.
func TestMySQLTLS(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := func(name, kind string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	ca, keyFile := file("ca.pem", "CERTIFICATE", der), file("key.pem", "PRIVATE KEY", private)
	for _, row := range []struct {
		reason                  string
		query                   url.Values
		plain                   string // TLSConfig
		trusts, shows, takesAny bool
		fails                   bool
	}{
		{"no TLS", url.Values{}, "", false, false, false, false},
		{"TLS", url.Values{"tls": {"true"}}, "true", false, false, false, false},
		{"a file to trust", url.Values{"tls": {"true"}, "ssl_ca": {ca}}, "", true, false, false, false},
		{"a file to trust is reason enough for TLS", url.Values{"ssl_ca": {ca}}, "", true, false, false, false},
		{"any certificate, and one to show", url.Values{"tls": {"skip-verify"}, "ssl_cert": {ca}, "ssl_key": {keyFile}}, "", false, true, true, false},
		{"a key without its certificate", url.Values{"ssl_key": {keyFile}}, "", false, false, false, true},
		{"a file that is not there", url.Values{"ssl_ca": {filepath.Join(dir, "none")}}, "", false, false, false, true},
		{"a file without a certificate", url.Values{"ssl_ca": {keyFile}}, "", false, false, false, true},
	} {
		config := mysql.NewConfig()
		err := mysqlTLS(config, row.query)
		if (err != nil) != row.fails {
			t.Errorf("%s: got %v", row.reason, err)
		}
		if err != nil {
			continue
		}
		tls := config.TLS
		trusts, shows, takesAny := tls != nil &&
			tls.RootCAs != nil, tls != nil &&
			len(tls.Certificates) == 1, tls != nil &&
			tls.InsecureSkipVerify
		if config.TLSConfig != row.plain || trusts != row.trusts || shows != row.shows || takesAny != row.takesAny {
			t.Errorf(
				"%s: got %q, trusts %v, shows %v, takes any %v",
				row.reason,
				config.TLSConfig,
				trusts,
				shows,
				takesAny,
			)
		}
	}
}
