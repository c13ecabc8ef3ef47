package cli

import "github.com/spf13/cobra"

func statusTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Exit statuses",
		Long: `djsession exits with

  0  if it did what it was asked to
  1  if it failed: the store cannot be reached, a session cannot be decoded, a file cannot be written
  2  if it was not called as its help says
  3  if a session was not found, or has expired
  4  if a signature is not valid, or a password is wrong
  5  if it did what it was asked to and found something: audit sessions that an upgrade would lose, migrate some that it left as
     they were, doctor a mistake, import an export without its last line
  6  if it did what it was asked to with the sessions that it could read, and there are others: list, show, expire, delete and
     logout do not know whether those are among the ones that were asked for, export and migrate left them out

What went wrong is a line on stderr that begins with "djsession:". A second one that begins with "djsession: hint:" says what
the likely reason is, and what to do.`,
	}
}
