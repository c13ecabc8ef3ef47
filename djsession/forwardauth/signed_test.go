package forwardauth_test

import (
	"encoding/base64"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/djsession/djsession-go/djsession/forwardauth"
)

var signKey = []byte("0123456789abcdef0123456789abcdef")

// signedHeader is what a request of alice gets.
func signedHeader(t *testing.T, s *site) string {
	h := s.handler(forwardauth.Options{From: forwardauth.XForwarded, Sign: signKey, Audience: "grafana"})
	w := answerTo(h, with(asks(forwardauth.XForwarded, "/auth"), "Cookie", cookie(s.as("42"))))
	token := w.Header().Get("X-Auth-Signed")
	if w.Code != 200 || token == "" {
		t.Fatalf("got %d and the header %q", w.Code, token)
	}
	return token
}

func TestSigned(t *testing.T) {
	s := newSite(t)
	token := signedHeader(t, s)
	want := &forwardauth.Claims{ID: "42", Username: "alice", Email: "alice@example.com", Groups: []string{"Authors", "editors"}, Staff: true,
		Issuer: "djsession", Audience: "grafana", IssuedAt: s.now.Unix(), Expires: s.now.Add(time.Minute).Unix()}
	verifier := func() *forwardauth.Verifier {
		return &forwardauth.Verifier{Keys: [][]byte{signKey}, Audience: "grafana", Now: s.clock}
	}
	got, err := verifier().Verify(http.Header{"X-Auth-Signed": {token}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}

	head, rest, _ := strings.Cut(token, ".")
	payload, mac, _ := strings.Cut(rest, ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`))
	admin := base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"1","iss":"djsession","exp":99999999999}`))
	for _, c := range []struct {
		why    string
		header http.Header
		change func(v *forwardauth.Verifier)
	}{
		{"no header", http.Header{}, nil},
		{"two headers", http.Header{"X-Auth-Signed": {token, token}}, nil},
		{"empty", http.Header{"X-Auth-Signed": {""}}, nil},
		{"another key", http.Header{"X-Auth-Signed": {token}}, func(v *forwardauth.Verifier) { v.Keys = [][]byte{[]byte(strings.Repeat("x", 32))} }},
		{"no key", http.Header{"X-Auth-Signed": {token}}, func(v *forwardauth.Verifier) { v.Keys = nil }},
		{"an empty key", http.Header{"X-Auth-Signed": {token}}, func(v *forwardauth.Verifier) { v.Keys = [][]byte{{}} }},
		{"another audience", http.Header{"X-Auth-Signed": {token}}, func(v *forwardauth.Verifier) { v.Audience = "gitea" }},
		{"too old", http.Header{"X-Auth-Signed": {token}}, func(v *forwardauth.Verifier) { v.Now = func() time.Time { return s.now.Add(66 * time.Second) } }},
		{"of the future", http.Header{"X-Auth-Signed": {token}}, func(v *forwardauth.Verifier) { v.Now = func() time.Time { return s.now.Add(-time.Minute) } }},
		{"alg none", http.Header{"X-Auth-Signed": {none + "." + payload + "."}}, nil},
		{"alg none with the MAC", http.Header{"X-Auth-Signed": {none + "." + payload + "." + mac}}, nil},
		{"another payload", http.Header{"X-Auth-Signed": {head + "." + admin + "." + mac}}, nil},
		{"four parts", http.Header{"X-Auth-Signed": {token + ".x"}}, nil},
	} {
		v := verifier()
		if c.change != nil {
			c.change(v)
		}
		if got, err := v.Verify(c.header); err == nil {
			t.Errorf("%s: got %v, want an error", c.why, got)
		}
	}
}

// TestSignedElsewhere runs the verifiers of the package's comment.
func TestSignedElsewhere(t *testing.T) {
	s := newSite(t)
	s.now = time.Now()
	token := signedHeader(t, s)
	for _, c := range []struct{ program, flag, before, after string }{
		{"python3", "-c", "import base64, hmac, json, sys, time\n", "\nprint((user(sys.argv[1], sys.argv[2].encode()) or {}).get('name'))"},
		{"node", "-e", "const crypto = require('crypto');\n", "\nconsole.log((user(process.argv[1], process.argv[2]) || {}).name || 'None');"},
	} {
		t.Run(c.program, func(t *testing.T) {
			path, err := exec.LookPath(c.program)
			if err != nil {
				t.Skip(err)
			}
			code := c.before + snippet(t, map[string]string{"python3": "def user", "node": "function user"}[c.program]) + c.after
			for sent, want := range map[string]string{token: "alice", token[:len(token)-2] + "AA": "None", "": "None", "a.b.c": "None"} {
				out, err := exec.Command(path, c.flag, code, sent, string(signKey)).CombinedOutput()
				if got := strings.TrimSpace(string(out)); err != nil || got != want {
					t.Errorf("of %d bytes: got %q, %v; want %q", len(sent), got, err, want)
				}
			}
		})
	}
}
