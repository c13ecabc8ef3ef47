package signing

import (
	"bytes"
	"testing"
)

// FuzzDecodeBase64: the standard library's decoder is only asked where it says
// what Python says.
func FuzzDecodeBase64(f *testing.F) {
	for _, text := range []string{"", "YQ==", "YQ", "YWI=", "YW\nJj", "YR==", "YQ==YQ==", "Y-Q_", "=YQ==", "YQ=\n="} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := DecodeBase64(nil, text, StdBase64)
		want, wantOK := decodeLeniently(nil, text, StdBase64)
		if ok != wantOK || ok && !bytes.Equal(got, want) {
			t.Errorf("%q: got %q, %v; want %q, %v", text, got, ok, want, wantOK)
		}
	})
}
