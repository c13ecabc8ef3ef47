package pybase64

import (
	"bytes"
	"testing"
)

// FuzzDecode: the standard library's decoder is only asked where it says
// what Python says.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{"", "YQ==", "YQ", "YWI=", "YW\nJj", "YR==", "YQ==YQ==", "Y-Q_", "=YQ==", "YQ=\n="} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, ok := Decode(nil, text, Std)
		want, wantOK := decodeLeniently(nil, text, Std)
		if ok != wantOK || ok && !bytes.Equal(got, want) {
			t.Errorf("%q: got %q, %v; want %q, %v", text, got, ok, want, wantOK)
		}
	})
}
