package messages

import (
	"fmt"
	"io"
)

// Format hides the keys from every verb of package fmt.
func (m *Messages) Format(f fmt.State, _ rune) { io.WriteString(f, "messages.Messages") }

// Format hides the cookies and messages when a request's context is printed.
func (x *exchange) Format(f fmt.State, _ rune) {
	io.WriteString(f, "the context of a request with messages")
}

// String says how many fallback keys there are.
func (o Options) String() string {
	return fmt.Sprintf("messages.Options with %d fallback keys", len(o.Fallbacks))
}

// Format is [Options.String] for every verb of package fmt, so that none shows
// a key.
func (o Options) Format(f fmt.State, _ rune) { io.WriteString(f, o.String()) }

// MarshalText is [Options.String] for encoders.
func (o Options) MarshalText() ([]byte, error) { return []byte(o.String()), nil }
