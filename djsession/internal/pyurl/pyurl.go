// Package pyurl reads URLs as Python does.
package pyurl

import "strings"

// Split returns scheme and host, with the port, as Python's
// urllib.parse.urlsplit does, which takes anything for a URL. A URL is absolute
// if it has a host, even an empty one.
func Split(s string) (scheme, host string, absolute bool) {
	if name, rest, ok := strings.Cut(s, ":"); ok && isScheme(name) {
		scheme, s = strings.ToLower(name), rest
	}
	rest, absolute := strings.CutPrefix(s, "//")
	if !absolute {
		return scheme, "", false
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return scheme, rest, true
}

// isScheme takes what some version of Python does: older ones let a scheme
// begin with any of its characters.
func isScheme(s string) bool {
	return s != "" && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789+-.") == ""
}
