package forward

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// A Probe sends requests through a proxy to an upstream of its own, and sees
// whether a client's identity headers reach it. The proxy passes on to Upstream
// for the time.
type Probe struct {
	Through  *url.URL     // a page behind the proxy
	Upstream net.Listener // in place of the application
	Names    []string     // of the identity headers
	Cookie   string       // of a session that may pass: name=value
}

// A ProbeFinding is what came of one attempt. As JSON it is a contract.
type ProbeFinding struct {
	Sent    string `json:"sent"`    // the header, without its value
	Reached bool   `json:"reached"` // the request reached the upstream
	Status  int    `json:"status"`  // that the client got
	Bad     string `json:"bad"`     // what is wrong, "" for nothing
}

// arrivals are the headers that the upstream was sent, by path.
type arrivals struct {
	mu   sync.Mutex
	seen map[string]http.Header
}

func (a *arrivals) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.seen) < 1000 { // others may send requests too
		a.seen[r.URL.Path] = r.Header.Clone()
	}
	plain(w, http.StatusOK, "djsession's probe\n")
}

func (a *arrivals) take(path string) http.Header {
	a.mu.Lock()
	defer a.mu.Unlock()
	h := a.seen[path]
	delete(a.seen, path)
	return h
}

// Run makes all attempts.
func (p *Probe) Run(ctx context.Context) ([]ProbeFinding, error) {
	upstream := &arrivals{seen: make(map[string]http.Header)}
	server := &http.Server{Handler: upstream, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(p.Upstream) }() // until it is closed
	defer server.Close()
	var findings []ProbeFinding
	for _, name := range p.Names {
		for _, lines := range attempts(name) {
			value, path := "djsession-"+rand.Text(), p.Through.EscapedPath()+"djsession-probe-"+rand.Text()
			status, err := p.send(ctx, path, strings.ReplaceAll(lines, "VALUE", value))
			if err != nil {
				return nil, err
			}
			f := ProbeFinding{Sent: strings.TrimSpace(strings.ReplaceAll(lines, ": VALUE", "")), Status: status}
			if header := upstream.take(path); header != nil {
				f.Reached, f.Bad = true, judge(header, name, value, strings.HasPrefix(lines, "Connection"))
			}
			f.Sent = strings.Join(strings.Fields(f.Sent), " ")
			findings = append(findings, f)
		}
	}
	return findings, nil
}

// attempts are the lines of a client that wants to be someone else. VALUE
// stands for who.
func attempts(name string) []string {
	var all []string
	for _, spelling := range []string{name, strings.ToLower(name), strings.ReplaceAll(name, "-", "_"), strings.ReplaceAll(name, "-", "."),
		strings.Replace(name, "-", "_", 1)} {
		all = append(all, spelling+": VALUE\r\n")
	}
	return append(all, name+": VALUE\r\n"+name+": VALUE\r\n", "Connection: close, "+name+"\r\n")
}

// judge says what is wrong with what the upstream was sent.
func judge(header http.Header, name, value string, connection bool) string {
	for got, values := range header {
		for _, v := range values {
			if strings.Contains(v, value) {
				return "the client's value reached the upstream as " + got
			}
		}
	}
	if connection && len(header.Values(name)) == 0 {
		return "the proxy dropped " + name + " because the client asked for it"
	}
	return ""
}

// send sends a request as no HTTP client of Go's would.
func (p *Probe) send(ctx context.Context, path, lines string) (status int, err error) {
	address := p.Through.Host
	if p.Through.Port() == "" {
		address = net.JoinHostPort(p.Through.Hostname(), map[string]string{"http": "80", "https": "443"}[p.Through.Scheme])
	}
	conn, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, "tcp", address)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second)) // what follows fails if it cannot be set
	if p.Through.Scheme == "https" {
		conn = tls.Client(conn, &tls.Config{ServerName: p.Through.Hostname()})
	}
	if !strings.HasPrefix(lines, "Connection") {
		lines += "Connection: close\r\n"
	}
	if p.Cookie != "" {
		lines += "Cookie: " + p.Cookie + "\r\n"
	}
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nAccept: */*\r\n%s\r\n", path, p.Through.Host, lines); err != nil {
		return 0, err
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, err
	}
	response.Body.Close()
	return response.StatusCode, nil
}
