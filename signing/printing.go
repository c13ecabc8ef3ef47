package signing

import (
	"fmt"
	"io"
)

// Types that hold a key, or a value signed with one, print as their name: by
// every verb of package fmt and, if they have exported fields, for encoders
// such as that of a JSON logger too.

// Format hides the keys.
func (*Signer) Format(f fmt.State, _ rune) { io.WriteString(f, "signing.Signer") }

// Format hides the keys.
func (*TimestampSigner) Format(f fmt.State, _ rune) { io.WriteString(f, "signing.TimestampSigner") }

// Format hides the keys.
func (*CookieSigner) Format(f fmt.State, _ rune) { io.WriteString(f, "signing.CookieSigner") }

// Format hides the key.
func (*MAC) Format(f fmt.State, _ rune) { io.WriteString(f, "signing.MAC") }

// Format is [Options.String] for every verb of package fmt.
func (o Options) Format(f fmt.State, _ rune) { io.WriteString(f, o.String()) }

// MarshalText is [Options.String] for encoders.
func (o Options) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// String says how many fallback keys there are.
func (o Options) String() string {
	return fmt.Sprintf("signing.Options with %d fallback keys", len(o.Fallbacks))
}

// Format is [Payload.String] for every verb of package fmt.
func (p Payload) Format(f fmt.State, _ rune) { io.WriteString(f, p.String()) }

// MarshalText is [Payload.String] for encoders.
func (p Payload) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// String says how long the payload is.
func (p Payload) String() string { return fmt.Sprintf("signing.Payload of %d bytes", len(p.Text)) }
