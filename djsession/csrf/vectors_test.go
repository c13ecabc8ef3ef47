package csrf_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/csrf"
)

// A vector is a request, and what a Django said to it.
type vector struct {
	Trusted                         []string // of the first line only
	Name, Method, Host, Query, Kind string
	Body, Domain                    string
	Secure                          bool
	Headers                         map[string]string
	Said                            struct{ Reason, Raised string }
}

func (v *vector) request() *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/p"+v.Query, strings.NewReader(v.Body))
	r.Method, r.Host = v.Method, v.Host
	if v.Kind != "" {
		r.Header.Set("Content-Type", v.Kind)
	}
	for name, value := range v.Headers {
		r.Header.Set(name, value)
	}
	if v.Secure {
		r.URL.Scheme = "https"
	}
	return r
}

func readVectors(t *testing.T, series string) (trusted []string, vectors []vector) {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "requests", series+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		decoder := json.NewDecoder(strings.NewReader(lines.Text()))
		decoder.DisallowUnknownFields()
		var v vector
		if err := decoder.Decode(&v); err != nil {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
		if v.Trusted != nil {
			trusted = v.Trusted
			continue
		}
		vectors = append(vectors, v)
	}
	if lines.Err() != nil || len(vectors) < 107 {
		t.Fatalf("%d requests, %v", len(vectors), lines.Err())
	}
	return trusted, vectors
}

var matrix = map[string][2]int{"1.11": {1, 11}, "2.2": {2, 2}, "3.2": {3, 2}, "4.2": {4, 2}, "5.2": {5, 2}, "6.1": {6, 1}}

// otherwise are the requests to which we say something else than Django, on
// purpose: see DIFFERENCES.md.
var otherwise = map[string]string{
	"method get":         "to net/http it is not GET",
	"a kind in capitals": "Django since 4.0 takes it for that kind too, as we do beside any",
	"referer https://other.example/?.wild.example {}": "the query is left out of the reason",
}

// TestLikeDjango makes Django's checks alone.
func TestLikeDjango(t *testing.T) {
	differed := make(map[string]bool)
	for series, version := range matrix {
		t.Run("django"+series, func(t *testing.T) {
			trusted, vectors := readVectors(t, series)
			for _, v := range vectors {
				p := csrf.New(&csrf.Options{Django: version, Mode: csrf.TokenOnly, TrustedOrigins: trusted, CookieDomain: v.Domain})
				err := p.Check(v.request())
				if otherwise[v.Name] != "" {
					differed[v.Name] = differed[v.Name] || said(err) != v.Said.Reason
					continue
				}
				if v.Said.Raised != "" { // to the user that is a 400 or a 500
					if err == nil {
						t.Errorf("%s: accepted; Django raises %s", v.Name, v.Said.Raised)
					}
					continue
				}
				if got := said(err); got != v.Said.Reason {
					t.Errorf("%s: got %q, Django says %q", v.Name, got, v.Said.Reason)
				}
			}
		})
	}
	for name := range otherwise {
		if !differed[name] {
			t.Errorf("%s: every Django says the same as we do", name)
		}
	}
}

func said(err error) string {
	var refused *csrf.Error
	if errors.As(err, &refused) {
		return refused.Reason
	}
	if err != nil {
		return fmt.Sprintf("not an *Error: %v", err)
	}
	return ""
}
