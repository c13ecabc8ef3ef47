package cli

import (
	stdbytes "bytes"
	"encoding/base64"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
	"github.com/djsession/djsession-go/cmd/djsession/internal/values"
	"github.com/djsession/djsession-go/pickle"
)

func (a *app) unpickleCommand() *cobra.Command {
	var disassemble, repr bool
	cmd := &cobra.Command{
		Use:     "unpickle [FILE]",
		GroupID: groupText,
		Short:   "Read a pickle without running it",
		Long: `Unpickle prints what a Python pickle holds, of any protocol: as JSON, where what JSON lacks is {"$repr": ...} or {"$bytes": ...};
with --repr as Python's repr; with --disassemble as the listing of pickletools.dis. It reads stdin or FILE: the pickle itself, or
its base64. Nothing in a pickle is imported or called, so those of strangers do no harm.

Credentials in it are not masked: it is not known what they are called.`,
		Example: `  djsession unpickle cart.pickle
  djsession unpickle --disassemble cart.pickle`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			data, err := a.readInput(args)
			if err != nil {
				return err
			}
			data = undoBase64(data)
			if disassemble {
				return a.disassemble(data)
			}
			return a.unpickle(data, repr)
		},
	}
	cmd.Flags().BoolVarP(&disassemble, "disassemble", "d", false, "list the opcodes")
	cmd.Flags().BoolVar(&repr, "repr", false, "print Python's repr")
	cmd.MarkFlagsMutuallyExclusive("disassemble", "repr")
	return cmd
}

func (a *app) unpickle(data []byte, repr bool) error {
	v, err := pickle.Loads(data, &pickle.DecodeOptions{Encoding: pickle.EncodingLenient, MaxSize: maxInput})
	if err != nil {
		return fail.Hint(err, "--disassemble shows how far it goes")
	}
	if repr {
		_, err := fmt.Fprintln(a.Stdout, human.Printable(pickle.Repr(v)))
		return err
	}
	return term.PrintJSON(a.Stdout, values.Readable(v))
}

func (a *app) disassemble(data []byte) error {
	var listing stdbytes.Buffer
	err := pickle.Disassemble(&listing, data)
	if _, writeErr := listing.WriteTo(a.Stdout); writeErr != nil {
		return writeErr
	}
	return err
}

// undoBase64 returns what base64 holds, if it is base64 and no pickle: those of
// protocol 2 and later begin with no letter, and older ones end with a full
// stop.
func undoBase64(data []byte) []byte {
	text := stdbytes.TrimSpace(data)
	if stdbytes.HasSuffix(text, []byte(".")) {
		return data
	}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding, base64.RawURLEncoding} {
		if decoded, err := encoding.DecodeString(string(text)); err == nil {
			return decoded
		}
	}
	return data
}
