package forward_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/forward"
)

func TestListen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	first, err := forward.Listen("unix:" + path)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := forward.Listen("unix:" + path); err == nil {
		second.Close()
		t.Error("a socket that answers was replaced")
	}
	first.(*net.UnixListener).SetUnlinkOnClose(false) // as when a process is killed
	first.Close()
	second, err := forward.Listen("unix:" + path)
	if err != nil {
		t.Fatalf("a socket that was left behind: %v", err)
	}
	second.Close()
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if l, err := forward.Listen("unix:" + path); err == nil {
		l.Close()
		t.Error("a file that is not a socket was replaced")
	}
}

// writeCertificate writes a certificate with this serial number.
func writeCertificate(t *testing.T, certFile, keyFile string, serial int64, at time.Time) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: cert}, keyFile: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCertificateIsReadAgain: a new pair is taken, and a broken one is not.
func TestCertificateIsReadAgain(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert"), filepath.Join(dir, "key")
	writeCertificate(t, certFile, keyFile, 1, time.Unix(1000, 0))
	var log strings.Builder
	c, err := forward.LoadCertificate(certFile, keyFile, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	serial := func() int64 {
		c.LookNow()
		pair, err := c.Config().GetCertificate(&tls.ClientHelloInfo{})
		if err != nil {
			t.Fatal(err)
		}
		return pair.Leaf.SerialNumber.Int64()
	}
	if got := serial(); got != 1 {
		t.Errorf("got the certificate %d, want 1", got)
	}
	if err := os.WriteFile(certFile, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := serial(); got != 1 || !strings.Contains(log.String(), "cannot be used") {
		t.Errorf("a broken file: got the certificate %d, want 1; log: %s", got, &log)
	}
	writeCertificate(t, certFile, keyFile, 2, time.Unix(2000, 0))
	if got := serial(); got != 2 {
		t.Errorf("got the certificate %d, want 2", got)
	}
}
