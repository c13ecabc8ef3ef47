package forward_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/cmd/djsession/internal/forward"
)

// TestProbe has proxies that make one mistake each.
func TestProbe(t *testing.T) {
	for _, c := range []struct {
		why    string
		rules  func(r *http.Request) // what the proxy does before it passes a request on
		passes bool
		bad    []string // parts of what is sent and found bad
	}{
		{"all is well", func(r *http.Request) {
			for name := range r.Header {
				if strings.ContainsAny(name, "_.") {
					delete(r.Header, name)
				}
			}
			r.Header.Set("X-User", "alice")
		}, true, nil},
		{"nothing is replaced", func(r *http.Request) {}, true, []string{"X-User", "x-user", "X_User", "X.User", "X_User", "X-User X-User", "Connection: close, X-User"}},
		{"underscores pass", func(r *http.Request) { r.Header.Set("X-User", "alice") }, true, []string{"X_User", "X.User", "X_User"}},
		{"none passes", nil, false, nil},
	} {
		t.Run(c.why, func(t *testing.T) {
			upstream, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			to := &url.URL{Scheme: "http", Host: upstream.Addr().String()}
			reverse := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
				r.SetURL(to)
				c.rules(r.Out)
			}}
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if !c.passes || r.Header.Get("Cookie") != "sessionid=good" {
					w.WriteHeader(http.StatusUnauthorized)
					return
				}
				reverse.ServeHTTP(w, r)
			}))
			defer proxy.Close()
			through, _ := url.Parse(proxy.URL + "/")
			p := &forward.Probe{Through: through, Upstream: upstream, Names: []string{"X-User"}, Cookie: "sessionid=good"}
			findings, err := p.Run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var bad []string
			for _, f := range findings {
				if f.Reached != c.passes {
					t.Errorf("%s: reached the upstream: %t, want %t", f.Sent, f.Reached, c.passes)
				}
				if f.Bad != "" {
					bad = append(bad, f.Sent)
				}
			}
			if got, want := strings.Join(bad, "|"), strings.Join(c.bad, "|"); got != want {
				t.Errorf("bad:\ngot  %s\nwant %s", got, want)
			}
		})
	}
}
