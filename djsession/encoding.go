package djsession

import (
	"time"

	"github.com/djsession/djsession-go/signing"
)

// Encoding is how a stored session was encoded, for tools and migrations.
type Encoding struct {
	Layout     Layout
	Algorithm  signing.Algorithm
	Key        int       // which secret key signed it: 0 the current one, n the nth of the fallbacks
	Serializer string    // [Serializer.Name]
	Compressed bool      // only in the modern layout
	SignedAt   time.Time // whole seconds; zero in the legacy layout
	Size       int       // of the payload, in bytes
	Verified   bool      // whether the signature was checked and is good
}
