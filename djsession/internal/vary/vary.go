// Package vary says in a response what it depends on.
package vary

import (
	"net/http"
	"strings"
)

// OnCookie tells caches that the response depends on the Cookie header, in
// addition to what it names already.
func OnCookie(h http.Header) { On(h, "Cookie") }

// On tells caches that the response depends on a header of the request, in
// addition to what it names already.
// Django: django.utils.cache.patch_vary_headers.
func On(h http.Header, header string) {
	old := h["Vary"]
	if len(old) == 0 {
		h["Vary"] = []string{header}
		return
	}
	for _, line := range old {
		for name := range strings.SplitSeq(line, ",") {
			switch name = strings.TrimSpace(name); {
			case name == "*":
				h["Vary"] = []string{"*"}
				return
			case strings.EqualFold(name, header):
				return
			}
		}
	}
	h["Vary"] = []string{strings.Join(old, ", ") + ", " + header}
}
