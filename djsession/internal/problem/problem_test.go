package problem

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestWants(t *testing.T) {
	for _, c := range []struct {
		reason, accept string
		html, json     bool
	}{
		{"a browser", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true, false},
		{"a script's fetch", "*/*", false, false},
		{"nothing at all", "", false, false},
		{"axios", "application/json, text/plain, */*", false, true},
		{"JSON before HTML", "application/json, text/html;q=0.5", false, true},
		{"HTML before JSON", "application/json;q=0.5, text/html", true, false},
		{"both alike", "application/json, text/html", true, false},
		{"HTML refused", "text/html;q=0, */*", false, false},
		{"JSON refused", "application/json;q=0", false, false},
		{"problems only", "application/problem+json", false, true},
		{"capitals and space", " Text/HTML ; Q=0.7 ", true, false},
		{"a q that is not a number", "text/html;q=NaN", true, false},
		{"a q out of bounds", "text/html;q=-1", true, false},
		{"only commas", ",,;,=", false, false},
	} {
		t.Run(c.reason, func(t *testing.T) {
			r := &http.Request{Header: http.Header{"Accept": {c.accept}}}
			if html, json := WantsHTML(r), WantsJSON(r); html != c.html || json != c.json {
				t.Errorf("Accept %q: got HTML %t, JSON %t; want %t, %t", c.accept, html, json, c.html, c.json)
			}
		})
	}
}

func TestWrite(t *testing.T) {
	w := httptest.NewRecorder()
	w.Header().Set("Content-Length", "7")
	w.Header().Set("Etag", "x")
	Write(w, Details{Status: 401, Detail: "a \"<b>\"", Reason: "no_login"})
	const want = `{"title":"Unauthorized","status":401,"detail":"a \"\u003cb\u003e\"","reason":"no_login"}` + "\n"
	if got := w.Body.String(); got != want || w.Code != 401 {
		t.Errorf("got %d %s, want 401 %s", w.Code, got, want)
	}
	if h := w.Header(); h.Get("Content-Type") != "application/problem+json" || h.Get("Content-Length") != "" || h.Get("Etag") != "" {
		t.Errorf("headers %v", h)
	}
}
