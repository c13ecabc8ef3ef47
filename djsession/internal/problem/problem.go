// Package problem answers requests by RFC 9457: problem details in JSON for
// programs, and plain text for the rest.
package problem

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// Details are what a program is told. Reason is a stable word for the program,
// Detail a sentence for people. Django REST framework has "detail" too.
type Details struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// Write answers with the details in JSON. Headers that the handler has set for
// its own body are taken away, as http.Error does.
func Write(w http.ResponseWriter, d Details) {
	d.Title = http.StatusText(d.Status)
	body, err := json.Marshal(d)
	if err != nil {
		http.Error(w, d.Title, d.Status)
		return
	}
	h := w.Header()
	h.Del("Content-Length")
	h.Del("Content-Encoding")
	h.Del("Etag")
	h.Del("Last-Modified")
	h.Set("Content-Type", "application/problem+json")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(d.Status)
	w.Write(append(body, '\n'))
}

// WantsHTML reports whether the client is a browser that shows pages: it
// accepts text/html by name, and no kind of JSON more than that.
func WantsHTML(r *http.Request) bool {
	html := quality(r, func(media string) bool { return media == "text/html" || media == "application/xhtml+xml" })
	return html > 0 && html >= quality(r, isJSON)
}

// WantsJSON reports whether the client accepts JSON by name, and no HTML more
// than that.
func WantsJSON(r *http.Request) bool { return quality(r, isJSON) > 0 && !WantsHTML(r) }

func isJSON(media string) bool {
	return media == "application/json" || strings.HasSuffix(media, "+json")
}

// quality returns the best q of the media types in Accept that are meant, and 0
// if there is none.
func quality(r *http.Request, meant func(media string) bool) float64 {
	best := 0.0
	for _, line := range r.Header["Accept"] {
		for entry := range strings.SplitSeq(line, ",") {
			media, params, _ := strings.Cut(entry, ";")
			if !meant(strings.ToLower(strings.TrimSpace(media))) {
				continue
			}
			best = max(best, qOf(params))
		}
	}
	return best
}

// qOf reads the parameter q, which is 1 if it is not there or is not a number.
func qOf(params string) float64 {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(param, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		if q, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil && q >= 0 && q <= 1 {
			return q
		}
	}
	return 1
}
