package place

import (
	"strings"
	"testing"

	"github.com/djsession/djsession-go/cmd/djsession/internal/storeurl"
)

// TestOpeners opens every kind of place that the help topic on stores has.
func TestOpeners(t *testing.T) {
	kinds := make(map[string]bool)
	for scheme := range strings.SplitSeq(storeurl.Schemes(), ", ") {
		kind := storeurl.KindOf(scheme)
		if kind == nil {
			t.Fatalf("KindOf(%q) = nil, want a kind", scheme)
		}
		kinds[kind.Schemes[0]] = true
		if openers[kind.Schemes[0]] == nil {
			t.Errorf("no opener for %s:, want one for %s:", scheme, kind.Schemes[0])
		}
	}
	if len(openers) != len(kinds) {
		t.Errorf("got %d openers, want one for each of %d kinds", len(openers), len(kinds))
	}
}
