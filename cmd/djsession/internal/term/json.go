package term

import (
	"io"

	"github.com/djsession/djsession-go/pyjson"
)

// PrintJSON prints one value and a new line. Its names and their order are a
// contract.
func PrintJSON(w io.Writer, value any) error {
	text, err := pyjson.Append(nil, value)
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}
