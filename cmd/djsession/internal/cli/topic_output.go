package cli

import "github.com/spf13/cobra"

func outputTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "output",
		Short: "Tables, JSON, CSV, and what is masked",
		Long: `stdout is data, stderr is talk. On a terminal data comes as tables, with colours unless NO_COLOR is set, and cut to the
terminal's width; into a pipe or file it comes as plain columns, whole.

--csv of list is for spreadsheets: control characters are escaped, and what would be a formula has an apostrophe before it.

--json prints JSON for programs: one object for one thing, one object a line for many (list, export). Names and meanings in
it stay; new names can come. Times are RFC 3339 in UTC. Text is ASCII, numbers are as Python wrote them, and a session may
hold Python's NaN and Infinity. What a pickle holds and JSON cannot is {"$repr": "datetime.date(2026, 1, 2)"} or
{"$bytes": base64}, and what would never end {"$repr": "..."}.

Credentials are shown as ******** unless --reveal says otherwise: _auth_user_hash, csrf tokens, and every value whose name
speaks of a token, secret, password or key, or ends with a word such as code, otp, pin or state, also in JSON or a URL within a
text. So are session keys, because a key gives access to its session: in their place
stands @ with the first 8 hex digits of the key's SHA-256, which is what djsession's log lines have too. Every command
that takes a session key takes that as well, and looks through the keys of all sessions for it.`,
	}
}
