package forwardauth

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/djsession/djsession-go/djsession/auth"
)

// A loginPage is where browsers are sent, and comes from the configuration
// alone: only the next parameter is the request's.
type loginPage struct {
	page  url.URL
	query string // without the next parameter, ready for it
	field string
	hosts []string
}

func newLoginPage(o *Options) (*loginPage, error) {
	page, err := url.Parse(o.LoginURL)
	if err != nil || page.Host == "" && !strings.HasPrefix(page.Path, "/") || page.Host == "" && page.Scheme != "" {
		return nil, fmt.Errorf("forwardauth: Options.LoginURL is neither a path nor a URL: %q", o.LoginURL)
	}
	query := page.Query()
	query.Del(o.NextField)
	l := &loginPage{page: *page, query: query.Encode(), field: url.QueryEscape(o.NextField), hosts: o.Hosts}
	if l.query != "" {
		l.query += "&"
	}
	return l, nil
}

// url returns the login page that leads back to the request.
func (l *loginPage) url(q *question) string {
	page := l.page
	page.RawQuery = strings.TrimSuffix(l.query, "&")
	if next := l.next(q); next != "" {
		page.RawQuery = l.query + l.field + "=" + strings.ReplaceAll(url.QueryEscape(next), "%2F", "/")
	}
	return page.String()
}

// next is the request's URL as far as Django may be sent there: a path, with
// the host before it if the login page has another and the configuration names
// this one. It is empty for what no browser would ask for.
func (l *loginPage) next(q *question) string {
	path := q.uri
	if strings.HasPrefix(path, "//") { // a host, to browsers
		path = "/%2F" + path[2:]
	}
	if l.page.Host != "" && q.host != "" {
		if whole := q.scheme + "://" + q.host + path; auth.IsAllowedURL(whole, l.hosts, q.scheme == "https") {
			return whole
		}
	}
	if auth.IsAllowedURL(path, nil, false) {
		return path
	}
	return ""
}
