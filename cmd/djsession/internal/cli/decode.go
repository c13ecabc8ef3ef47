package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/pyjson"
	"github.com/djsession/djsession-go/signing"
)

func (a *app) decodeCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "decode [TEXT]",
		GroupID: groupText,
		Short:   "Print what session_data or a signed cookie holds",
		Long: `Decode verifies a text and prints the session in it as one JSON object, names in stored order and numbers as Python wrote
them. TEXT is the session_data column of a session table, the content of a session file, or the value of a cookie of the
signed_cookies backend. Without TEXT it is read from stdin.

--json prints what there is to know besides: {"layout", "serializer", "algorithm", "key", "compressed", "signed_at",
"verified", "data"}. The key is 0 for the SECRET_KEY and n for the nth fallback.`,
		Example: `  djsession decode --json < session_data
  djsession decode --reveal < session_data | djsession encode`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.decode(args) },
	}
}

func (a *app) decode(args []string) error {
	s, err := a.settings()
	if err != nil {
		return err
	}
	text, err := a.argument(args, "session_data")
	if err != nil {
		return err
	}
	data, encoding, err := a.decodeText(s, strings.TrimSpace(text))
	if err != nil {
		return err
	}
	contents, err := a.contents(data, encoding.Serializer)
	if err != nil {
		return err
	}
	if !encoding.Verified {
		a.warnUnverified()
	}
	if !a.json {
		return printJSON(a.stdout, contents)
	}
	return printJSON(a.stdout, struct {
		encodingJSON
		Data pyjson.Object `json:"data"`
	}{encodingOf(&session{Record: &djsession.Record{Encoding: encoding}}), contents})
}

// decodeText reads the text of a session, or else of a signed cookie.
func (a *app) decodeText(s *site, text string) (*djsession.Data, djsession.Encoding, error) {
	codec := s.codec(djsession.Encoding{}, 0)
	if s.secretKey == "" {
		if !a.unsafe {
			return nil, djsession.Encoding{}, errNoKey
		}
		return codec.InspectUnverified(text)
	}
	data, encoding, err := codec.Inspect(text)
	if !errors.Is(err, signing.ErrBadSignature) {
		return data, encoding, err
	}
	if data, encoding, cookieErr := s.cookieCodec().Inspect(text); !errors.Is(cookieErr, signing.ErrBadSignature) {
		return data, encoding, cookieErr
	}
	if a.unsafe {
		return codec.InspectUnverified(text)
	}
	return nil, encoding, err
}

// maxInput bounds what is read from stdin: no session is as large.
const maxInput = 64 << 20

// argument is the argument that may be left out, or else what comes from stdin,
// without the end of its last line.
func (a *app) argument(args []string, what string) (string, error) {
	if len(args) > 0 && args[0] != "-" {
		return args[0], nil
	}
	if isTerminal(a.stdin) {
		a.say("type or paste the %s, then Ctrl-D", what)
	}
	text, err := io.ReadAll(io.LimitReader(a.stdin, maxInput+1))
	if err != nil {
		return "", fmt.Errorf("cannot read stdin: %w", err)
	}
	if len(text) > maxInput {
		return "", fmt.Errorf("stdin holds more than %s", bytes(maxInput))
	}
	line := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	if line == "" {
		return "", usagef("stdin is empty: the %s should come from there, or as an argument", what)
	}
	return line, nil
}
