package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/values"
	"github.com/djsession/djsession-go/djsession"
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
	data, err := values.ParseData(text)
	if err != nil {
		return err
	}
	codec := s.Codec(djsession.Encoding{}, 0)
	if cookie {
		codec = s.CookieCodec()
	}
	encoded, err := codec.Encode(data)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.Stdout, encoded)
	return err
}
