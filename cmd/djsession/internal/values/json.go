package values

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/pickled"
	"github.com/djsession/djsession-go/pickle"
	"github.com/djsession/djsession-go/pyjson"
)

// ParseData reads a session as decode prints it. It refuses values that were
// masked or could not be shown.
func ParseData(text string) (*djsession.Data, error) {
	value, err := ParseJSON(text)
	if err != nil {
		return nil, err
	}
	object, ok := value.(pyjson.Object)
	if !ok {
		return nil, fail.Hint(fail.Usagef("a session is a JSON object"), `such as {"cart": []}`)
	}
	for _, m := range object {
		if err := RefuseShown(m.Name, m.Value); err != nil {
			return nil, err
		}
	}
	return DataOf(object)
}

// DataOf returns a session as if it had been read: any serializer can then
// write it.
func DataOf(object pyjson.Object) (*djsession.Data, error) {
	text, err := pyjson.Append(nil, object)
	if err != nil {
		return nil, err
	}
	return djsession.JSON.Loads(string(text))
}

// ParseJSON reads a value that a person or a program wrote.
func ParseJSON(text string) (value any, err error) {
	if err := pyjson.Unmarshal(ASCIIJSON(text), &value); err != nil {
		return nil, fail.AsUsage(fmt.Errorf("this is not JSON: %w", err))
	}
	return value, nil
}

// ASCIIJSON is JSON that came in UTF-8, as the JSON that Python writes, which
// is ASCII.
func ASCIIJSON(text string) string {
	var ascii strings.Builder
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf:
			ascii.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&ascii, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&ascii, `\u%04x`, r)
		}
	}
	return ascii.String()
}

// ASCIIOfLatin1 is JSON as a session holds it, where bytes beyond ASCII are
// latin-1, as the JSON that Python writes. Django:
// django.contrib.sessions.serializers.JSONSerializer.loads.
func ASCIIOfLatin1(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return text
	}
	var ascii strings.Builder
	for _, b := range []byte(text) {
		if b < utf8.RuneSelf {
			ascii.WriteByte(b)
		} else {
			fmt.Fprintf(&ascii, `\u%04x`, b)
		}
	}
	return ascii.String()
}

// RefuseShown refuses what stands for something else: a session with ********
// in place of a credential is broken.
func RefuseShown(name string, value any) error {
	switch v := value.(type) {
	case string:
		if strings.Contains(v, Masked) {
			return fail.Hint(fail.Usagef("%s is masked", human.Quote(name)), "get the session with --reveal")
		}
	case []any:
		for _, item := range v {
			if err := RefuseShown(name, item); err != nil {
				return err
			}
		}
	case pyjson.Object:
		for _, m := range v {
			if m.Name == "$repr" || m.Name == "$bytes" {
				return fail.Usagef("%s holds what a pickle had and JSON cannot have", human.Quote(name))
			}
			if err := RefuseShown(name, m.Name); err != nil {
				return err
			}
			if err := RefuseShown(name, m.Value); err != nil {
				return err
			}
		}
	}
	return nil
}

// FitsJSON reports whether a session comes back from JSON as it is: without
// tuples, datetimes, keys that are numbers and so on.
func FitsJSON(d *djsession.Data) bool {
	text, err := djsession.JSON.Dumps(nil, d)
	if err != nil {
		return false
	}
	again, err := djsession.JSON.Loads(string(text))
	if err != nil {
		return false
	}
	before, err := pickled.DictOf(d)
	if err != nil {
		return false
	}
	after, err := pickled.DictOf(again)
	if err != nil {
		return false
	}
	one, errOne := pickle.Marshal(before, nil)
	other, errOther := pickle.Marshal(after, nil)
	return errOne == nil && errOther == nil && slices.Equal(one, other)
}
