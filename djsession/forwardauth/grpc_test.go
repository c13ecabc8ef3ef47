package forwardauth_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/forwardauth"
)

// grpcClient serves a handler and returns how to call it.
func grpcClient(t *testing.T, h *forwardauth.Handler) func(path string, body []byte) *http.Response {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := forwardauth.NewServer(h)
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	client := &http.Client{Transport: &http.Transport{Protocols: &protocols}}
	t.Cleanup(client.CloseIdleConnections)
	return func(path string, body []byte) *http.Response {
		t.Helper()
		r, _ := http.NewRequestWithContext(context.Background(), "POST", "http://"+listener.Addr().String()+path, bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/grpc")
		r.Header.Set("Te", "trailers")
		response, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { response.Body.Close() })
		return response
	}
}

const check = "/envoy.service.auth.v3.Authorization/Check"

func text(number uint64, s string) []byte { return forwardauth.Message(number, []byte(s)) }

// checkRequest is a CheckRequest about GET https://app.example/p?q=1.
func checkRequest(endpoint string, headers ...string) []byte {
	http := [][]byte{text(2, "GET"), text(4, "/p?q=1"), text(5, "app.example"), text(6, "https")}
	var raw [][]byte
	for i := 0; i < len(headers); i += 2 {
		raw = append(raw, forwardauth.Message(1, text(1, headers[i]), text(3, headers[i+1])))
	}
	http = append(http, forwardauth.Message(13, raw...))
	attributes := [][]byte{forwardauth.Message(4, forwardauth.Message(2, http...))}
	if endpoint != "" {
		attributes = append(attributes, forwardauth.Message(10, text(1, "endpoint"), text(2, endpoint)))
	}
	return forwardauth.Message(1, attributes...)
}

// joinedRequest is one of an Envoy without encode_raw_headers: a map in which
// header lines are joined with commas.
func joinedRequest(cookies string) []byte {
	header := forwardauth.Message(3, text(1, "cookie"), text(2, cookies))
	return forwardauth.Message(1, forwardauth.Message(4, forwardauth.Message(2, text(2, "GET"), text(4, "/p"), text(5, "app.example"), header)))
}

func framed(message []byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message))), message...)
}

// A checkResponse is what Envoy makes of an answer.
type checkResponse struct {
	Kind    uint64 // 2 denied, 3 ok, 5 error
	Status  int    // of a denial or an error, the HTTP status
	Headers map[string]string
	Remove  []string
}

func parseResponse(t *testing.T, b []byte) *checkResponse {
	t.Helper()
	got := &checkResponse{Headers: map[string]string{}}
	visit := func(b []byte, f func(uint64, []byte)) {
		if err := forwardauth.Fields(b, f); err != nil {
			t.Fatal(err)
		}
	}
	visit(b, func(n uint64, content []byte) {
		if n == 1 {
			return
		}
		got.Kind = n
		visit(content, func(n uint64, content []byte) {
			switch {
			case n == 1 && len(content) > 1:
				code, _ := binary.Uvarint(content[1:])
				got.Status = int(code)
			case n == 2:
				visit(content, func(_ uint64, pair []byte) {
					var name, value string
					visit(pair, func(n uint64, content []byte) {
						if n == 1 {
							name = string(content)
						} else {
							value = string(content)
						}
					})
					got.Headers[name] = value
				})
			case n == 5 && got.Kind == 3:
				got.Remove = append(got.Remove, string(content))
			}
		})
	})
	return got
}

func TestGRPC(t *testing.T) {
	s := newSite(t)
	endpoints := map[string]forwardauth.Rule{"/auth": forwardauth.LoggedIn, "/auth/staff": forwardauth.Staff, "/auth/any": forwardauth.Optional}
	call := grpcClient(t, s.handler(forwardauth.Options{From: forwardauth.EnvoyGRPC, Endpoints: endpoints}))
	alice, bob := s.as("42"), s.as("43")
	plain := map[string]string{"cache-control": "no-store", "content-type": "text/plain; charset=utf-8"}
	login := map[string]string{"location": "/accounts/login/?next=/p%3Fq%3D1"}
	names := []string{"x-auth-request-user", "x-auth-request-preferred-username", "x-auth-request-email", "x-auth-request-groups"}
	for _, c := range []struct {
		why  string
		body []byte
		want *checkResponse
	}{
		{"a user", checkRequest("", "cookie", cookie(alice)), &checkResponse{Kind: 3, Headers: map[string]string{names[0]: "42", names[1]: "alice",
			names[2]: "alice@example.com", names[3]: "Authors,editors"}}},
		{"a user without groups: the client's header goes", checkRequest("", "cookie", cookie(bob), "x-auth-request-groups", "admins"),
			&checkResponse{Kind: 3, Headers: map[string]string{names[0]: "43", names[1]: "bob", names[2]: "bob@example.com"}, Remove: names[3:]}},
		{"two Cookie lines", checkRequest("", "cookie", "a=b", "cookie", cookie(bob)),
			&checkResponse{Kind: 3, Headers: map[string]string{names[0]: "43", names[1]: "bob", names[2]: "bob@example.com"}, Remove: names[3:]}},
		{"a browser", checkRequest("", "accept", browser), &checkResponse{Kind: 2, Status: 302, Headers: merged(plain, login)}},
		{"a program", checkRequest(""), &checkResponse{Kind: 2, Status: 401, Headers: merged(plain, login, map[string]string{"www-authenticate": "Session"})}},
		{"not staff", checkRequest("/auth/staff", "cookie", cookie(bob)), &checkResponse{Kind: 2, Status: 403, Headers: plain}},
		{"no such endpoint", checkRequest("/auth/other", "cookie", cookie(alice)), &checkResponse{Kind: 2, Status: 404, Headers: plain}},
		{"optional", checkRequest("/auth/any"), &checkResponse{Kind: 3, Headers: map[string]string{}, Remove: names}},
		{"two sessions", checkRequest("", "cookie", cookie(alice), "cookie", cookie(bob)), &checkResponse{Kind: 2, Status: 400, Headers: plain}},
		{"without encode_raw_headers", joinedRequest("a=b; " + cookie(bob)),
			&checkResponse{Kind: 3, Headers: map[string]string{names[0]: "43", names[1]: "bob", names[2]: "bob@example.com"}, Remove: names[3:]}},
		{"two Cookie lines, without encode_raw_headers", joinedRequest("a=b," + cookie(bob)), &checkResponse{Kind: 2, Status: 400, Headers: plain}},
		{"an empty message", nil, &checkResponse{Kind: 2, Status: 400, Headers: plain}},
	} {
		t.Run(c.why, func(t *testing.T) {
			response := call(check, framed(c.body))
			body, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			if got := response.Trailer.Get("Grpc-Status"); got != "0" || response.StatusCode != 200 {
				t.Fatalf("got the gRPC status %q (HTTP %d), want 0", got, response.StatusCode)
			}
			if len(body) < 5 || int(binary.BigEndian.Uint32(body[1:])) != len(body)-5 || body[0] != 0 {
				t.Fatalf("the frame is wrong: %x", body)
			}
			if diff := cmp.Diff(c.want, parseResponse(t, body[5:])); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	t.Run("outage", func(t *testing.T) {
		down := error(djsession.ErrUnavailable)
		s.store.fail.Store(&down)
		defer s.store.fail.Store(nil)
		body, _ := io.ReadAll(call(check, framed(checkRequest("", "cookie", cookie(alice)))).Body)
		want := &checkResponse{Kind: 5, Status: 503, Headers: merged(plain, map[string]string{"retry-after": "5"})}
		if diff := cmp.Diff(want, parseResponse(t, body[5:])); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

func merged(maps ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, m := range maps {
		for k, v := range m {
			all[k] = v
		}
	}
	return all
}

// TestBadCalls are calls that end with a gRPC status and without an answer,
// which Envoy takes for a denial.
func TestBadCalls(t *testing.T) {
	s := newSite(t)
	call := grpcClient(t, s.handler(forwardauth.Options{From: forwardauth.EnvoyGRPC}))
	good := checkRequest("", "cookie", cookie(s.as("42")))
	for _, c := range []struct {
		why, path string
		body      []byte
		status    string
	}{
		{"another method", "/envoy.service.auth.v2.Authorization/Check", framed(good), "12"},
		{"no frame", check, nil, "3"},
		{"half a frame", check, framed(good)[:4], "3"},
		{"shorter than it says", check, framed(good)[:20], "3"},
		{"compressed", check, append([]byte{1}, framed(good)[1:]...), "12"},
		{"4 GiB, it says", check, []byte{0, 255, 255, 255, 255}, "8"},
		{"not protobuf", check, framed([]byte("hello, world")), "3"},
		{"cut off within a field", check, framed(good[:len(good)-3]), "3"},
	} {
		response := call(c.path, c.body)
		body, _ := io.ReadAll(response.Body)
		got := response.Trailer.Get("Grpc-Status")
		if got == "" {
			got = response.Header.Get("Grpc-Status")
		}
		if got != c.status || len(body) != 0 {
			t.Errorf("%s: got the status %q and %d bytes, want %q and none", c.why, got, len(body), c.status)
		}
	}
}

func TestGRPCNeedsHTTP2(t *testing.T) {
	s := newSite(t)
	h := s.handler(forwardauth.Options{From: forwardauth.EnvoyGRPC})
	r := with(asks(forwardauth.XForwarded, "/auth"), "Cookie", cookie(s.as("42")))
	w := answerTo(h, r)
	if w.Code != http.StatusUnsupportedMediaType || strings.Contains(w.Body.String(), "alice") {
		t.Errorf("got %d %q, want 415", w.Code, w.Body)
	}
}
