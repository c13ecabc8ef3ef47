//go:build !race

package csrf_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestAllocations bounds the garbage of a request that needs no token: what is
// kept for it, and alone a context and a request too.
func TestAllocations(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Cookie", cookies)
	w := discard{make(http.Header)}
	allocations := make(map[string]float64)
	for name, h := range handlers(nothing) {
		allocations[name] = testing.AllocsPerRun(200, func() { h.ServeHTTP(w, r) })
	}
	if n := allocations["protected"] - allocations["bare"]; n > 1 {
		t.Errorf("%v allocations more than without", n)
	}
	if allocations["alone"] > 2 {
		t.Errorf("%v allocations alone", allocations["alone"])
	}
}
