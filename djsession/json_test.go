package djsession_test

import (
	"testing"

	"github.com/djsession/djsession-go/djsession"
)

// TestUntouchedValuesAreWrittenInASCII: Django reads a payload as latin-1 and
// writes ASCII, also of what no view has touched.
func TestUntouchedValuesAreWrittenInASCII(t *testing.T) {
	d, err := djsession.JSON.Loads("{\"n\xeb\":[\"\xeb\",{\"\xff\":1.0}]}")
	if err != nil {
		t.Fatal(err)
	}
	text, err := djsession.JSON.Dumps(nil, d)
	if want := `{"n\u00eb":["\u00eb",{"\u00ff":1.0}]}`; err != nil || string(text) != want {
		t.Errorf("got %s, %v, want %s", text, err, want)
	}
}
