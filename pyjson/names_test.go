package pyjson_test

import (
	"math/big"
	"testing"

	"github.com/djsession/djsession-go/pyjson"
)

// TestNameOf has what json.dumps({key: 0}) of Python writes for the key.
func TestNameOf(t *testing.T) {
	for _, row := range []struct {
		python string
		key    any
		want   string
	}{
		{`"a"`, "a", "a"}, {`""`, "", ""}, {"None", nil, "null"}, {"True", true, "true"}, {"False", false, "false"},
		{"7", int64(7), "7"}, {"1.0", 1.0, "1.0"}, {"1e16", 1e16, "1e+16"}, {"2**70", new(big.Int).Lsh(big.NewInt(1), 70), "1180591620717411303424"},
	} {
		if got, err := pyjson.NameOf(row.key); got != row.want || err != nil {
			t.Errorf("%s: got %q (%v), want %q", row.python, got, err, row.want)
		}
	}
	for _, key := range []any{[]byte("b"), []any{1}, pyjson.Object{}} {
		if got, err := pyjson.NameOf(key); err == nil {
			t.Errorf("a %T became %q", key, got)
		}
	}
}
