package cli

import (
	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
)

// settingsCommand is the help topic on settings, and what writes them.
func (a *app) settingsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "settings",
		GroupID: groupMore,
		Short:   "Where settings come from, and how to get those of a project",
		Long: `What djsession must know of a site is given by flags, by the environment, or in the file ` + settings.FileName + ` of the directory
where it runs (--config or DJSESSION_CONFIG names another file). Flags are stronger than the environment, and that is
stronger than the file. Paths in the file count from the directory of the file.

` + settings.Help() + `
Secret keys have no flag, because arguments can be seen by all users of a machine. So can the password in a URL that is
given by --store: DATABASE_URL and the file keep it. The file that the site in testdata needs:

    store = "db.sqlite3"
    secret_key_file = "secret_key"
    secret_key_fallbacks_file = "secret_key_fallbacks"

What unsupported names is told by settings import, which asks the project's own Python. djsession says so where it matters, and
a Go service must do the same in its own way:

` + settings.UnsupportedHelp(),
		Example: "  djsession settings import --manage-py site/manage.py",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.settingsImportCommand())
	return cmd
}
