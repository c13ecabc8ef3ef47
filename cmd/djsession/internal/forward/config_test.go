package forward_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/djsession/djsession-go/cmd/djsession/internal/forward"
	"github.com/djsession/djsession-go/djsession/forwardauth"
)

// TestExampleConfigs: the example's files are what the command prints. Set
// UPDATE to write them.
func TestExampleConfigs(t *testing.T) {
	for file, c := range map[string]struct{ name, auth string }{"nginx.conf": {"nginx", "forward-auth:8008"}, "envoy.yaml": {"envoy-grpc", "forward-auth-grpc:8008"}} {
		config := forward.Config{Auth: c.auth, Headers: forwardauth.AuthRequest.Names(), LoginURL: "/admin/login/", Front: "0.0.0.0:8080", Upstream: "app:80",
			Django: "django:8000"}
		var printed strings.Builder
		if err := config.Print(&printed, c.name); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("..", "..", "..", "..", "djsession", "examples", "forwardauth", file)
		if os.Getenv("UPDATE") != "" {
			if err := os.WriteFile(path, []byte(printed.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(printed.String(), string(text)); diff != "" {
			t.Errorf("%s (-printed +file):\n%s", file, diff)
		}
	}
}

// TestEachConfigIsPrinted: each has the address, the endpoint and each header.
func TestEachConfigIsPrinted(t *testing.T) {
	config := forward.Config{Auth: "auth.internal:8008", Admin: "auth.internal:8009", Headers: []string{"X-One", "X-Two"}, LoginURL: "/accounts/login/",
		Front: "0.0.0.0:8080", Upstream: "app.internal:80", Django: "django.internal:8000", Lua: "/x.lua"}
	for _, name := range forward.Configs() {
		var b strings.Builder
		if err := config.Print(&b, name); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := []string{"auth.internal", "/auth", "x-one", "x-two"}
		switch name {
		case "haproxy":
			want = []string{"/x.lua", "app.internal:80", "/accounts/"}
		case "django-shadow":
			want = []string{"http://auth.internal:8009/shadow"}
		case "envoy-grpc":
			want = []string{"auth.internal", "8008", "grpc_service"}
		case "haproxy.lua", "ingress":
		default:
			want = append(want, "app.internal", "django.internal", "/accounts/")
		}
		for _, w := range want {
			if !strings.Contains(strings.ToLower(b.String()), w) {
				t.Errorf("%s lacks %q:\n%s", name, w, &b)
			}
		}
		if strings.Contains(b.String(), "<no value>") {
			t.Errorf("%s has a value that is not there:\n%s", name, &b)
		}
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ text, path string }{
		{"staff", "/auth/staff"}, {"superuser", "/auth/superuser"}, {"optional", "/auth/optional"},
		{"group:editors", "/auth/group/editors"}, {"group:Site admins/x", "/auth/group/Site%20admins%2Fx"}, {"perm:shop.change_order", "/auth/perm/shop.change_order"},
		{"", ""}, {"group:", ""}, {"perm:shop", ""}, {"perm:.x", ""}, {"perm:a.b.c", ""}, {"admins", ""}, {"staff:x", ""},
	} {
		p, err := forward.ParsePlace(c.text)
		if (err == nil) != (c.path != "") || err == nil && p.Path != c.path {
			t.Errorf("%q: got %v, %v; want %q", c.text, p, err, c.path)
		}
	}
	h, err := forward.ParseHeaders("username=X-Webauth-User, email=X-Mail")
	if want := (forwardauth.Headers{Username: "X-Webauth-User", Email: "X-Mail"}); err != nil || h != want {
		t.Errorf("got %v, %v; want %v", h, err, want)
	}
}

// TestUnixSocket: nginx needs a colon between the socket and the path, and the
// others are told by an address only.
func TestUnixSocket(t *testing.T) {
	config := forward.Config{Auth: "unix:/run/djsession.sock", Admin: "127.0.0.1:8009", Front: "0.0.0.0:8080", Upstream: "app:80"}
	for _, name := range forward.Configs() {
		var b strings.Builder
		err := config.Print(&b, name)
		switch name {
		case "nginx":
			if want := "proxy_pass http://unix:/run/djsession.sock:/auth;"; err != nil || !strings.Contains(b.String(), want) {
				t.Errorf("got error %v, want %q in\n%s", err, want, &b)
			}
		case "django-shadow":
			if err != nil {
				t.Errorf("%s: got error %v", name, err)
			}
		default:
			if err == nil {
				t.Errorf("%s: got no error, want one that says what to give", name)
			}
		}
	}
}
