package forwardauth

import (
	"fmt"
	"io"
)

// Types that hold a secret print without it: by every verb of package fmt, in
// logs, and for encoders such as that of JSON.

// Format hides the secret from every verb of package fmt.
func (h *Handler) Format(f fmt.State, _ rune) { io.WriteString(f, "forwardauth.Handler") }

// String names the family.
func (o Options) String() string { return "forwardauth.Options from " + o.From.String() }

// Format is [Options.String] for every verb of package fmt.
func (o Options) Format(f fmt.State, _ rune) { io.WriteString(f, o.String()) }

// MarshalText is [Options.String] for encoders.
func (o Options) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// String says how many keys there are.
func (v Verifier) String() string {
	return fmt.Sprintf("forwardauth.Verifier with %d keys", len(v.Keys))
}

// Format is [Verifier.String] for every verb of package fmt.
func (v Verifier) Format(f fmt.State, _ rune) { io.WriteString(f, v.String()) }

// MarshalText is [Verifier.String] for encoders.
func (v Verifier) MarshalText() ([]byte, error) { return []byte(v.String()), nil }
