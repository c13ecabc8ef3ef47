package cachestore

import (
	"fmt"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/pyjson"
)

// DjangoJSON is the JSONSerializer of django-redis: the JSON of djsession.JSON,
// with spaces after commas and colons. It reads UTF-8; other bytes are
// djsession.ErrUndecodable. It writes ASCII.
// Django: django_redis.serializers.json.JSONSerializer.
var DjangoJSON djsession.Serializer = djangoJSON{djsession.JSON}

type djangoJSON struct{ djsession.Serializer }

func (s djangoJSON) Loads(text string) (*djsession.Data, error) {
	ascii, err := pyjson.ASCIIOf(text)
	if err != nil {
		// Other bytes than UTF-8 may be another serializer's, which Loads
		// tells.
		if _, other := s.Serializer.Loads(text); other != nil {
			return nil, other
		}
		return nil, fmt.Errorf("%w: %w", djsession.ErrUndecodable, err)
	}
	return s.Serializer.Loads(ascii)
}

func (s djangoJSON) Dumps(dst []byte, d *djsession.Data) ([]byte, error) {
	text, err := s.Serializer.Dumps(nil, d)
	if err != nil {
		return nil, err
	}
	return appendSpaced(dst, text), nil
}

// appendSpaced writes valid JSON with one space after each comma and colon, and
// no others.
func appendSpaced(dst, text []byte) []byte {
	quoted, escaped := false, false
	for _, c := range text {
		switch {
		case escaped:
			escaped = false
		case quoted:
			escaped, quoted = c == '\\', c != '"'
		case c == '"':
			quoted = true
		case c == ',' || c == ':':
			dst = append(dst, c, ' ')
			continue
		case c == ' ' || c == '\n' || c == '\t' || c == '\r':
			continue
		}
		dst = append(dst, c)
	}
	return dst
}
