package cachestore

import (
	"errors"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/djsession/djsession-go/djsession"
)

// DjangoJSON is the JSONSerializer of django-redis: the JSON of djsession.JSON,
// with spaces after commas and colons. It reads UTF-8; what is not UTF-8 is a
// djsession.ErrUndecodable. What it writes is ASCII.
// Django: django_redis.serializers.json.JSONSerializer.
var DjangoJSON djsession.Serializer = djangoJSON{djsession.JSON}

type djangoJSON struct{ djsession.Serializer }

func (s djangoJSON) Loads(payload string) (*djsession.Data, error) {
	text, err := escaped(payload)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", djsession.ErrUndecodable, err)
	}
	return s.Serializer.Loads(text)
}

var (
	errNotUTF8   = errors.New("the JSON is not UTF-8")
	errBadEscape = errors.New("a backslash comes before a character that it cannot escape")
)

// escaped returns JSON with escapes for all that is not ASCII, which the
// serializer of a table takes for Latin-1.
func escaped(text string) (string, error) {
	start := 0
	for start < len(text) && text[start] < utf8.RuneSelf {
		start++
	}
	if start == len(text) {
		return text, nil
	}
	if !utf8.ValidString(text) {
		return "", errNotUTF8
	}
	dst := make([]byte, 0, len(text)+len(text)/2)
	backslash := false // and the next character is escaped by it
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf:
			dst = append(dst, byte(r))
		case backslash:
			return "", errBadEscape
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			dst = fmt.Appendf(dst, `\u%04x\u%04x`, high, low)
		default:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		}
		backslash = r == '\\' && !backslash
	}
	return string(dst), nil
}

func (s djangoJSON) Dumps(dst []byte, d *djsession.Data) ([]byte, error) {
	text, err := s.Serializer.Dumps(nil, d)
	if err != nil {
		return nil, err
	}
	return appendSpaced(dst, text), nil
}

// appendSpaced writes valid JSON with one space after each comma and colon, and no others.
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
