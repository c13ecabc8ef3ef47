package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/cli"
)

// FuzzCommand gives the command texts that it may meet: as session_data, as
// what sign and unpickle take, as a condition, and as a line to import. It must
// not panic, exit with a status that help does not know, or say anything but
// lines that begin with its name.
func FuzzCommand(f *testing.F) {
	for _, seed := range []string{
		"", "{}", `{"cart":[1,2.0]}`, `{"a":{"$repr":"x"}}`, `{"_auth_user_hash":"********"}`, "cart.*.price>=4.50", "*~x", "a.-1.b!=null", ">", "a<\"",
		"eyJhIjoxfQ:1vxeQx:YAWuc9y99KzViSk9G6QSq1QVxSLmEzbn06qEw07AjdU", ".eJw:x:y", "gAJ9cQBYBAAAAGNhcnRxAV1xAnMu", "\x80\x02}.", "(dp0\n.",
		"Cookie: sessionid=x; sessionid=\"y\"", "@00000000", "é\x00\x1b[31m\xed\xa0\x80", "-", "--", "9223372036854775807w",
		`{"key":"bob00000000000000000000000000000","expires":"2099-12-30T23:59:59Z","layout":"modern","data":{"a":NaN}}`,
		`{"key":"bob00000000000000000000000000000","expires":"2099-12-30T23:59:59Z","pickle":"gAJ9Lg=="}`,
	} {
		f.Add(seed)
	}
	dir := f.TempDir()
	path := filepath.Join(dir, "db.sqlite3")
	if err := emptyDatabase(path); err != nil {
		f.Fatal(err)
	}
	env := map[string]string{"DATABASE_URL": path, "DJANGO_SECRET_KEY": "x", "DJSESSION_CONFIG": os.DevNull}
	now := func() time.Time { return clock }
	f.Fuzz(func(t *testing.T, text string) {
		for _, args := range [][]string{
			{"decode", "--", text},
			{"decode", "--json", "--no-verify", "--", text},
			{"encode", "--", text},
			{"encode", "--serializer", "pickle", "--layout", "legacy", "--", text},
			{"unsign", "--object", "--", text},
			{"sign", "--timestamp", "--", text},
			{"show", "--", text},
			{"unpickle"},
			{"unpickle", "--disassemble"},
			{"list", "--where=" + text},
			{"list", "--where=" + text + ">\x1b"},
			{"list", "--since=" + text},
			{"list", "--larger-than=" + text},
			{"import", "--dry-run"},
			{"set", "--yes", "bob00000000000000000000000000000", "--", text},
		} {
			var stdout, stderr bytes.Buffer
			status := cli.Run(t.Context(), now, strings.NewReader(text), &stdout, &stderr, env, args...)
			if status < 0 || status > 6 {
				t.Errorf("%q exits with %d", args, status)
			}
			for line := range strings.Lines(stderr.String()) {
				if !strings.HasPrefix(line, "djsession: ") && !strings.HasPrefix(line, "  ") {
					t.Errorf("%q says %q", args, line)
				}
			}
			if status != 0 && stderr.Len() == 0 {
				t.Errorf("%q exits with %d and says nothing", args, status)
			}
			if strings.ContainsAny(stderr.String(), "\x1b\x00") {
				t.Errorf("%q says what a terminal could take for an order: %q", args, &stderr)
			}
		}
	})
}
