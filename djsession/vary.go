package djsession

import (
	"net/http"
	"strings"
)

// varyOnCookie tells caches that the response depends on the cookie, beside
// whatever else it depends on.
// Django: django.utils.cache.patch_vary_headers.
func varyOnCookie(h http.Header) {
	old := h["Vary"]
	if len(old) == 0 {
		h["Vary"] = []string{"Cookie"}
		return
	}
	for _, line := range old {
		for name := range strings.SplitSeq(line, ",") {
			switch name = strings.TrimSpace(name); {
			case name == "*":
				h["Vary"] = []string{"*"}
				return
			case strings.EqualFold(name, "Cookie"):
				return
			}
		}
	}
	h["Vary"] = []string{strings.Join(old, ", ") + ", Cookie"}
}
