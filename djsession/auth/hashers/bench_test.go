package hashers_test

import (
	"testing"

	"github.com/djsession/djsession-go/djsession/auth/hashers"
)

// BenchmarkMake is the price of a login, with the defaults of the newest
// Django.
func BenchmarkMake(b *testing.B) {
	for _, hasher := range hashers.ForDjango(6, 1) {
		b.Run(hasher.Algorithm(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := hasher.Encode("a password of some length"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
