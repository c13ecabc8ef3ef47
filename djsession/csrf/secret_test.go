package csrf_test

import (
	"testing"

	"github.com/djsession/djsession-go/djsession/csrf"
)

func TestNewSecret(t *testing.T) {
	seen := make(map[string]bool)
	letters := make(map[rune]int)
	for range 10000 {
		secret := csrf.NewSecret()
		if len(secret) != 32 || seen[secret] {
			t.Fatalf("got %q", secret)
		}
		seen[secret] = true
		for _, r := range secret {
			letters[r]++
		}
	}
	for r, n := range letters {
		if n < 4700 || n > 5620 { // more than six standard deviations from 5161
			t.Errorf("%c comes %d times in 320000", r, n)
		}
	}
	if len(letters) != 62 {
		t.Errorf("%d letters", len(letters))
	}
}
