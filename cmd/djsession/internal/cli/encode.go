package cli

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/pyjson"
)

func (a *app) encodeCommand() *cobra.Command {
	var cookie bool
	cmd := &cobra.Command{
		Use:     "encode [JSON]",
		GroupID: groupText,
		Short:   "Print session_data, or a signed cookie, for a JSON object",
		Long: `Encode takes a session as decode prints it, a JSON object, and prints it as Django stores it: signed with the SECRET_KEY.
Without JSON it is read from stdin. --layout legacy is for Django up to 3.0, --serializer pickle for sites that have it.`,
		Example: `  djsession encode '{"cart":[1,2.0]}'
  djsession encode --cookie '{"cart":[]}'`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.encode(args, cookie) },
	}
	cmd.Flags().BoolVar(&cookie, "cookie", false, "print the value of a cookie of the signed_cookies backend")
	return cmd
}

func (a *app) encode(args []string, cookie bool) error {
	s, err := a.settings()
	if err != nil {
		return err
	}
	text, err := a.argument(args, "JSON object")
	if err != nil {
		return err
	}
	data, err := parseData(text)
	if err != nil {
		return err
	}
	codec := s.codec(djsession.Encoding{}, 0)
	if cookie {
		codec = s.cookieCodec()
	}
	encoded, err := codec.Encode(data)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.stdout, encoded)
	return err
}

// parseData reads a session as decode prints it. What was masked or could not
// be shown is not one.
func parseData(text string) (*djsession.Data, error) {
	value, err := parseJSON(text)
	if err != nil {
		return nil, err
	}
	object, ok := value.(pyjson.Object)
	if !ok {
		return nil, hint(usagef("a session is a JSON object"), `such as {"cart": []}`)
	}
	for _, m := range object {
		if err := refuseShown(m.Name, m.Value); err != nil {
			return nil, err
		}
	}
	return dataOf(object)
}

// dataOf returns a session as if it had been read: any serializer can then
// write it.
func dataOf(object pyjson.Object) (*djsession.Data, error) {
	text, err := pyjson.Append(nil, object)
	if err != nil {
		return nil, err
	}
	return djsession.JSON.Loads(string(text))
}

// parseJSON reads a value that a person or a program wrote.
func parseJSON(text string) (value any, err error) {
	if err := pyjson.Unmarshal(asciiJSON(text), &value); err != nil {
		return nil, usageError(fmt.Errorf("this is not JSON: %w", err))
	}
	return value, nil
}

// asciiJSON is JSON that came in UTF-8, as the JSON that Python writes, which
// is ASCII.
func asciiJSON(text string) string {
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

// asciiOfLatin1 is JSON as a session holds it, where bytes beyond ASCII are
// latin-1, as the JSON that Python writes. Django:
// django.contrib.sessions.serializers.JSONSerializer.loads.
func asciiOfLatin1(text string) string {
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

// refuseShown refuses what stands for something else: a session with ********
// in place of a credential is broken.
func refuseShown(name string, value any) error {
	switch v := value.(type) {
	case string:
		if strings.Contains(v, masked) {
			return hint(usagef("%s is masked", quote(name)), "get the session with --reveal")
		}
	case []any:
		for _, item := range v {
			if err := refuseShown(name, item); err != nil {
				return err
			}
		}
	case pyjson.Object:
		for _, m := range v {
			if m.Name == "$repr" || m.Name == "$bytes" {
				return usagef("%s holds what a pickle had and JSON cannot have", quote(name))
			}
			if err := refuseShown(name, m.Name); err != nil {
				return err
			}
			if err := refuseShown(name, m.Value); err != nil {
				return err
			}
		}
	}
	return nil
}
