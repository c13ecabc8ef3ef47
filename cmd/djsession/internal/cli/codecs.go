package cli

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

// codec reads everything that any Django wrote, and writes as the site says,
// else as a session was encoded before. Protocol is that of its pickle, 0 if
// unknown: Python 2 reads nothing above 2, and every Python 3 reads 4.
func (s *site) codec(before djsession.Encoding, protocol int) *djsession.Codec {
	serializer, layout := s.serializer, s.layout
	if serializer == "" {
		serializer = before.Serializer
	}
	if layout == "" {
		layout = before.Layout.String()
	}
	opts := s.codecOptions(serializer, protocol)
	opts.StoreName, opts.Salt = s.values["session_store_name"], s.values["session_salt"]
	if layout == djsession.LayoutLegacy.String() || s.layout == "" && s.writesLegacy() {
		opts.Layout = djsession.LayoutLegacy
	}
	return djsession.NewCodec(s.secretKey, opts)
}

// withKey is the codec of a site that is the same but for its keys.
func (s *site) withKey(secretKey string) *djsession.Codec {
	other := *s
	other.secretKey, other.fallbacks = secretKey, nil
	return other.codec(djsession.Encoding{}, 0)
}

// django is django_version, or 0, 0 if it is not known.
func (s *site) django() (major, minor int) {
	fmt.Sscanf(s.values["django_version"], "%d.%d", &major, &minor)
	return major, minor
}

// writesLegacy reports whether the site's Django writes the legacy layout, and
// SHA-1 with it.
func (s *site) writesLegacy() bool {
	major, minor := s.django()
	return s.layout == djsession.LayoutLegacy.String() || major > 0 && (major < 3 || major == 3 && minor == 0)
}

// cookieCodec is for the values of signed-cookie sessions.
func (s *site) cookieCodec() *djsession.Codec {
	opts := s.codecOptions(s.serializer, 0)
	opts.Salt = "django.contrib.sessions.backends.signed_cookies"
	opts.RejectLegacy = true
	return djsession.NewCodec(s.secretKey, opts)
}

func (s *site) codecOptions(serializer string, protocol int) *djsession.CodecOptions {
	if s.protocol != 0 {
		protocol = s.protocol
	}
	first, others := serializers(serializer, protocol)
	return &djsession.CodecOptions{Fallbacks: s.fallbacks, Serializer: first, AlsoRead: others, AcceptSHA1: true, Now: s.now}
}
