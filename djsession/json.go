package djsession

import (
	"fmt"
	"slices"

	"github.com/djsession/djsession-go/pyjson"
)

// JSON is Django's default serializer, byte for byte. Values that were read are
// kept as text and written back as they were, but in ASCII: bytes beyond that
// are latin-1, as in Django.
// Django: django.contrib.sessions.serializers.JSONSerializer.
var JSON Serializer = jsonSerializer{}

type jsonSerializer struct{}

func (jsonSerializer) Name() string { return "json" }

// jsonData is room for a usual session in one allocation.
type jsonData struct {
	Data
	entries [6]entry
	texts   [6]jsonText
}

func (jsonSerializer) Loads(payload string) (*Data, error) {
	if looksPickled(payload) {
		return nil, ErrUnsupportedSerializer
	}
	l := new(jsonData)
	l.Data.entries = l.entries[:0]
	texts := l.texts[:0]
	err := pyjson.ScanObject(payload, func(name, raw string) error {
		if len(texts) == cap(texts) {
			texts = make([]jsonText, 0, 2*cap(texts)) // those handed out stay where they are
		}
		texts = append(texts, jsonText(raw))
		l.Set(name, &texts[len(texts)-1])
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUndecodable, err)
	}
	return &l.Data, nil
}

// maxDumped bounds a payload of values that came from another serializer and
// may grow as JSON. Each value is also bounded by itself.
const maxDumped = 64 << 20

func (jsonSerializer) Dumps(dst []byte, d *Data) ([]byte, error) {
	if size := heldSize(d); size > maxPooled {
		dst = slices.Grow(dst, size+size/8) // growing by and by takes several times as much
	}
	dst = append(dst, '{')
	first := true
	for name, value := range d.All() {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		var err error
		if dst, err = pyjson.AppendString(dst, name); err != nil {
			return nil, fmt.Errorf("djsession: session name: %w", err)
		}
		dst = append(dst, ':')
		if dst, err = appendJSON(dst, value); err != nil {
			return nil, fmt.Errorf("djsession: session value %q cannot be written as JSON: %w", name, err)
		}
		if len(dst) > maxDumped {
			return nil, ErrTooLarge
		}
	}
	return append(dst, '}'), nil
}

// heldSize is about how many bytes the longest values take: texts alone count.
func heldSize(d *Data) (size int) {
	for i := range d.entries {
		switch v := d.entries[i].value.(type) {
		case *jsonText:
			size += len(*v)
		case string:
			size += len(v)
		}
	}
	return size
}

func appendJSON(dst []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case *jsonText:
		return pyjson.AppendASCII(dst, string(*v)), nil
	case RawValue:
		plain, err := v.Plain()
		if err != nil {
			return nil, err
		}
		return pyjson.Append(dst, plain)
	}
	return pyjson.Append(dst, value)
}

// looksPickled knows the first bytes of a pickled dict: PROTO of protocols 2 to
// 5, or MARK DICT and EMPTY_DICT before.
func looksPickled(payload string) bool {
	if len(payload) < 2 {
		return false
	}
	switch payload[0] {
	case 0x80:
		return payload[1] <= 5
	case '(':
		return payload[1] == 'd'
	case '}':
		return true
	}
	return false
}

// jsonText is a value as the text it was read from.
type jsonText string

func (t *jsonText) Decode(dst any) error { return pyjson.Unmarshal(string(*t), dst) }

func (t *jsonText) Plain() (v any, err error) {
	err = pyjson.Unmarshal(string(*t), &v)
	return v, err
}

func (t *jsonText) Text() (string, bool) {
	s := string(*t)
	if s == "" || s[0] != '"' {
		return "", false
	}
	for i := 1; i < len(s)-1; i++ {
		if s[i] == '\\' || s[i] >= 0x80 {
			var text string
			err := pyjson.Unmarshal(s, &text)
			return text, err == nil
		}
	}
	return s[1 : len(s)-1], true
}
