package settings

import (
	"fmt"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/pickled"
)

// serializers are those that a codec reads, the one to write first.
func serializers(name string, protocol int) (first djsession.Serializer, others []djsession.Serializer) {
	pickles := pickled.New(&pickled.Options{Protocol: protocol})
	if name == "pickle" {
		return pickles, []djsession.Serializer{djsession.JSON}
	}
	return djsession.JSON, []djsession.Serializer{pickles}
}

// Codec reads everything that any Django wrote, and writes as the site says,
// else as a session was encoded before. Protocol is that of its pickle, 0 if
// unknown: Python 2 reads nothing above 2, and every Python 3 reads 4.
func (s *Site) Codec(before djsession.Encoding, protocol int) *djsession.Codec {
	serializer, layout := s.serializer, s.layout
	if serializer == "" {
		serializer = before.Serializer
	}
	if layout == "" {
		layout = before.Layout.String()
	}
	opts := s.codecOptions(serializer, protocol)
	opts.StoreName, opts.Salt = s.Values["session_store_name"], s.Values["session_salt"]
	if layout == djsession.LayoutLegacy.String() || s.layout == "" && s.WritesLegacy() {
		opts.Layout = djsession.LayoutLegacy
	}
	return djsession.NewCodec(s.SecretKey, opts)
}

// WithKey is the codec of a site that is the same but for its keys.
func (s *Site) WithKey(secretKey string) *djsession.Codec {
	other := *s
	other.SecretKey, other.Fallbacks = secretKey, nil
	return other.Codec(djsession.Encoding{}, 0)
}

// Django is django_version, or 0, 0 if it is not known.
func (s *Site) Django() (major, minor int) {
	fmt.Sscanf(s.Values["django_version"], "%d.%d", &major, &minor)
	return major, minor
}

// WritesLegacy reports whether the site's Django writes the legacy layout, and
// SHA-1 with it.
func (s *Site) WritesLegacy() bool {
	major, minor := s.Django()
	return s.layout == djsession.LayoutLegacy.String() || major > 0 && (major < 3 || major == 3 && minor == 0)
}

// CookieCodec is for the values of signed-cookie sessions.
func (s *Site) CookieCodec() *djsession.Codec {
	opts := s.codecOptions(s.serializer, 0)
	opts.Salt = "django.contrib.sessions.backends.signed_cookies"
	opts.RejectLegacy = true
	return djsession.NewCodec(s.SecretKey, opts)
}

func (s *Site) codecOptions(serializer string, protocol int) *djsession.CodecOptions {
	if s.Protocol != 0 {
		protocol = s.Protocol
	}
	first, others := serializers(serializer, protocol)
	return &djsession.CodecOptions{Fallbacks: s.Fallbacks, Serializer: first, AlsoRead: others, AcceptSHA1: true, Now: s.Now}
}
