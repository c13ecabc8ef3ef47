package project

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/djsite"
)

// TestGo has a program hold what is printed, and compares its site with the one
// of the same settings. No secret may be in it.
func TestGo(t *testing.T) {
	values := map[string]any{
		"store": "postgres://u:s3cr3t@h/shop", "cache": "redis://:s3cr3t@h/1?prefix=shop", "secret_key": "s3cr3t-key",
		"secret_key_fallbacks": []string{"s3cr3t-old", "s3cr3t older"}, "django_version": "5.2", "time_zone": "Europe/Berlin",
		"session_engine": "django.contrib.sessions.backends.cached_db", "session_cookie_age": int64(3600),
		"session_cookie_samesite": "Strict", "csrf_cookie_age": "-", "csrf_cookie_secure": true,
		"csrf_trusted_origins": []any{"https://a.example"}, "users_pk": "uuid", "users_columns": []string{"username=email"},
		"users_parents":           []string{"crm.person: id=person_ptr_id: email"},
		"session_references":      []string{"a.session_id: set_null", "b.session_id: cascade", "c.b_id -> b.id: cascade"},
		"authentication_backends": []string{"shop.Backend"}, "unsupported": []string{"session_store"},
	}
	literal, err := Go(&Answer{Django: "5.2.1"}, values)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(literal), "s3cr3t") {
		t.Errorf("a secret is in it:\n%s", literal)
	}
	path := filepath.Join(t.TempDir(), "main.go")
	program := `package main

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/djsite"
)

` + string(literal) + `
func main() { json.NewEncoder(os.Stdout).Encode(site) }
`
	if err := os.WriteFile(path, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), "go", "run", path)
	run.Env = append(os.Environ(), "DJANGO_SECRET_KEY=s3cr3t-key", "DJANGO_SECRET_KEY_FALLBACKS=s3cr3t-old\ns3cr3t older")
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s\n%s", err, out, literal)
	}
	text := make(djsite.Values)
	for name, value := range values {
		text[name] = asText(value)
	}
	site, err := text.Site()
	if err != nil {
		t.Fatal(err)
	}
	want, err := site.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	// What is hidden is not in the literal: where servers are.
	hidden := strings.NewReplacer(`"URL":"hidden"`, `"URL":""`, `"Location":"hidden"`, `"Location":""`)
	if got := strings.TrimSpace(string(out)); got != hidden.Replace(string(want)) {
		t.Errorf("got  %s\nwant %s\n%s", got, want, literal)
	}
}
