package cachestore

import "github.com/djsession/djsession-go/djsession"

// DjangoJSON is django-redis's JSONSerializer: the JSON of djsession.JSON with blanks behind commas and colons.
// Django: django_redis.serializers.json.JSONSerializer.
var DjangoJSON djsession.Serializer = djangoJSON{djsession.JSON}

type djangoJSON struct{ djsession.Serializer }

func (s djangoJSON) Dumps(dst []byte, d *djsession.Data) ([]byte, error) {
	text, err := s.Serializer.Dumps(nil, d)
	if err != nil {
		return nil, err
	}
	return appendSpaced(dst, text), nil
}

// appendSpaced writes valid JSON with one blank behind each comma and colon, and no others.
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
