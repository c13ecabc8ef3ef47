package main

import (
	"net/http"
	"net/http/httputil"
	"net/url"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// The Django site is testdata/site of this repository, run by a Django of the
// test environment.

func startDjango(series, database string) (*url.URL, error) {
	site, err := testenv.StartSite(testenv.SiteOptions{Series: series, Database: testenv.SQLiteFile(database)})
	if err != nil {
		return nil, err
	}
	return site.URL, nil
}

func stopDjango() { testenv.Stop() }

// alongside routes some paths to Django and the rest to Go, as nginx or an
// ingress would. One address means one cookie.
func alongside(django *url.URL, shop http.Handler) http.Handler {
	if django == nil {
		return shop
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(django)
		r.Out.Host = r.In.Host // Django compares it with the Origin of a form
	}}
	mux := http.NewServeMux()
	mux.Handle("/", shop)
	for _, path := range []string{"/accounts/", "/admin/", "/shop-django/", "/static/"} {
		mux.Handle(path, proxy)
	}
	return mux
}
