package auth

import (
	"fmt"
	"io"
)

// Format hides the keys from every verb of package fmt.
func (a *Auth) Format(f fmt.State, _ rune) { io.WriteString(f, "auth.Auth") }

// String says how many fallback keys there are.
func (o Options) String() string {
	return fmt.Sprintf("auth.Options with %d fallback keys", len(o.Fallbacks))
}

// Format is [Options.String] for every verb of package fmt, so that none shows
// a key.
func (o Options) Format(f fmt.State, _ rune) { io.WriteString(f, o.String()) }

// MarshalText is [Options.String] for encoders.
func (o Options) MarshalText() ([]byte, error) { return []byte(o.String()), nil }
