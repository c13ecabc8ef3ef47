package values

import (
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/pyjson"
)

// TestHumanValue writes values for people: on a line if they fit, and broken
// where not.
func TestHumanValue(t *testing.T) {
	for _, row := range []struct{ reason, value, want string }{
		{"what fits", `{"a":[1,"x"]}`, `{"a": [1, "x"]}`},
		{"to the letter", `["123456789012345678"]`, `["123456789012345678"]`},
		{"a letter more", `["1234567890123456789"]`, "[\n  \"1234567890123456789\"\n]"},
		{"a text is not broken", `"12345678901234567890123"`, `"12345678901234567890123"`},
		{"only what is too long", `{"a":[1,2],"b":"12345678901"}`, "{\n  \"a\": [1, 2],\n  \"b\": \"12345678901\"\n}"},
		{"nothing in it", `[{},[]]`, `[{}, []]`},
	} {
		if got := Text(pyjson.Raw(row.value), 22, ""); got != row.want {
			t.Errorf("%s: got %s, want %s", row.reason, got, row.want)
		}
	}
}

// TestHumanValueDeep has a long text deep inside, which is not to be written
// once for each level.
func TestHumanValueDeep(t *testing.T) {
	const depth, size = 400, 100_000
	value := strings.Repeat("[", depth) + `"` + strings.Repeat("x", size) + `"` + strings.Repeat("]", depth)
	started := time.Now()
	got := Text(pyjson.Raw(value), 100, "")
	if took := time.Since(started); took > 10*time.Second || strings.Count(got, "[") != depth || strings.Count(got, "x") != size {
		t.Errorf("%d characters in %v", len(got), took)
	}
}
