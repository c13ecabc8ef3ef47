package forwardauth

import (
	"encoding/binary"
	"errors"
	"net/http"
	"net/textproto"
)

// The part of protocol buffers that is needed to read a CheckRequest and write
// a CheckResponse of envoy.service.auth.v3.

var errProtobuf = errors.New("the message is not a CheckRequest")

// A field is one of a message: its number and, of a message, text or bytes, its
// content. Numbers are skipped: none is needed.
type field struct {
	number  uint64
	content []byte
}

// fields visits a message's fields that have content. It returns errProtobuf
// for what is not a message, or the error of visit.
func fields(b []byte, visit func(field) error) error {
	for len(b) > 0 {
		tag, n := binary.Uvarint(b)
		if n <= 0 || tag>>3 == 0 {
			return errProtobuf
		}
		b = b[n:]
		size, content := 0, false
		switch tag & 7 {
		case 0:
			_, size = binary.Uvarint(b)
			if size <= 0 {
				return errProtobuf
			}
		case 1:
			size = 8
		case 5:
			size = 4
		case 2:
			length, n := binary.Uvarint(b)
			if n <= 0 || length > uint64(len(b)-n) {
				return errProtobuf
			}
			b, size, content = b[n:], int(length), true
		default:
			return errProtobuf
		}
		if size > len(b) {
			return errProtobuf
		}
		if content {
			if err := visit(field{tag >> 3, b[:size]}); err != nil {
				return err
			}
		}
		b = b[size:]
	}
	return nil
}

// A checkRequest holds the fields of a CheckRequest that decide.
type checkRequest struct {
	method, path, host, scheme string

	header     http.Header // header_map, with encode_raw_headers
	joined     http.Header // headers, where Envoy has joined lines with a comma
	extensions map[string]string
}

// parseCheckRequest reads CheckRequest.attributes: request.http and
// context_extensions.
func parseCheckRequest(b []byte) (*checkRequest, error) {
	c := &checkRequest{header: http.Header{}, joined: http.Header{}, extensions: map[string]string{}}
	err := fields(b, func(f field) error {
		if f.number != 1 { // attributes
			return nil
		}
		return fields(f.content, func(f field) error {
			switch f.number {
			case 4: // request
				return fields(f.content, func(f field) error {
					if f.number != 2 { // http
						return nil
					}
					return fields(f.content, c.http)
				})
			case 10: // context_extensions
				key, value, err := pair(f.content)
				c.extensions[key] = value
				return err
			}
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	if len(c.header) == 0 {
		c.header = c.joined
	}
	return c, nil
}

// http reads a field of AttributeContext.HttpRequest.
func (c *checkRequest) http(f field) error {
	switch f.number {
	case 2:
		c.method = string(f.content)
	case 4:
		c.path = string(f.content)
	case 5:
		c.host = string(f.content)
	case 6:
		c.scheme = string(f.content)
	case 3:
		return addTo(c.joined, f.content)
	case 13: // header_map
		return fields(f.content, func(f field) error {
			if f.number != 1 {
				return nil
			}
			return addTo(c.header, f.content)
		})
	}
	return nil
}

func addTo(h http.Header, message []byte) error {
	name, value, err := pair(message)
	if err == nil {
		name = textproto.CanonicalMIMEHeaderKey(name)
		h[name] = append(h[name], value)
	}
	return err
}

// pair reads a map's entry, or a HeaderValue, which has its value as bytes if
// it comes with encode_raw_headers.
func pair(b []byte) (key, value string, err error) {
	err = fields(b, func(f field) error {
		switch f.number {
		case 1:
			key = string(f.content)
		case 2, 3:
			if len(f.content) > 0 {
				value = string(f.content)
			}
		}
		return nil
	})
	return key, value, err
}

// message is a field that is a message, text or bytes.
func message(number uint64, parts ...[]byte) []byte {
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	b := binary.AppendUvarint(nil, number<<3|2)
	b = binary.AppendUvarint(b, uint64(size))
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// number is a field that is an integer or an enum.
func number(number, value uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(nil, number<<3), value)
}

// headerOption is a HeaderValueOption that replaces what is there: in Envoy's
// ext_authz that is its default.
func headerOption(name, value string) []byte {
	return message(1, message(1, []byte(name)), message(2, []byte(value)))
}
