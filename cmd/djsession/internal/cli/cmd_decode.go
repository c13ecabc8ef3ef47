package cli

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
	"github.com/djsession/djsession-go/cmd/djsession/internal/values"
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
	object, err := values.Contents(data, encoding.Serializer, a.reveal)
	if err != nil {
		return err
	}
	if !encoding.Verified {
		a.warnUnverified()
	}
	if !a.json {
		return term.PrintJSON(a.Stdout, object)
	}
	return term.PrintJSON(a.Stdout, struct {
		encodingJSON
		Data pyjson.Object `json:"data"`
	}{encodingOf(&session{Record: &djsession.Record{Encoding: encoding}}), object})
}

// decodeText reads the text of a session, or else of a signed cookie.
func (a *app) decodeText(s *settings.Site, text string) (*djsession.Data, djsession.Encoding, error) {
	codec := s.Codec(djsession.Encoding{}, 0)
	if s.SecretKey == "" {
		if !a.unsafe {
			return nil, djsession.Encoding{}, fail.ErrNoKey
		}
		return codec.InspectUnverified(text)
	}
	data, encoding, err := codec.Inspect(text)
	if !errors.Is(err, signing.ErrBadSignature) {
		return data, encoding, err
	}
	if data, encoding, cookieErr := s.CookieCodec().Inspect(text); !errors.Is(cookieErr, signing.ErrBadSignature) {
		return data, encoding, cookieErr
	}
	if a.unsafe {
		return codec.InspectUnverified(text)
	}
	return nil, encoding, err
}
