package cli

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
)

// rootCommand is djsession and all that is below it. Running becomes true when
// a command has got its arguments: an error before that is one of usage.
func (a *app) rootCommand() (root *cobra.Command, running *bool) {
	root = &cobra.Command{
		Use:   "djsession",
		Short: "Django sessions, without the Django project",
		Long: `djsession shows, changes and moves the sessions of a Django site. It needs no Django and no Python: only the
place where the sessions are, and the site's SECRET_KEY.`,
		Example: `  djsession list --store db.sqlite3 --secret-key-file secret_key
  djsession show @f38b9d4c
  djsession logout --user 2 --dry-run
  djsession decode < session_data`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.AddGroup(
		&cobra.Group{ID: groupRead, Title: "Look at sessions:"},
		&cobra.Group{ID: groupChange, Title: "Change sessions:"},
		&cobra.Group{ID: groupMove, Title: "Move sessions:"},
		&cobra.Group{ID: groupCare, Title: "Care for all of them:"},
		&cobra.Group{ID: groupText, Title: "Work on texts:"},
		&cobra.Group{ID: groupMore, Title: "More:"},
	)
	root.AddCommand(
		a.listCommand(),
		a.showCommand(),
		a.whoamiCommand(),

		a.createCommand(),
		a.setCommand(),
		a.unsetCommand(),
		a.expireCommand(),
		a.deleteCommand(),
		a.logoutCommand(),

		a.exportCommand(),
		a.importCommand(),

		a.statsCommand(),
		a.clearCommand(),
		a.auditCommand(),
		a.migrateCommand(),
		a.doctorCommand(),
		a.forwardAuthCommand(),
		a.shadowCommand(),

		a.decodeCommand(),
		a.encodeCommand(),
		a.signCommand(),
		a.unsignCommand(),
		a.unpickleCommand(),
		a.passwordCommand(),

		a.versionCommand(),
		a.manCommand(),

		a.settingsCommand(),
		storesTopic(),
		outputTopic(),
		whereTopic(),
		rotateTopic(),
		upgradeTopic(),
		statusTopic(),
	)
	a.globalFlags(root.PersistentFlags())
	for flag, values := range map[string][]cobra.Completion{"serializer": {"json", "pickle"}, "layout": {"modern", "legacy"}} {
		_ = root.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)) // they are there
	}
	width := a.HelpWidth()
	root.SetUsageTemplate(strings.ReplaceAll(usageTemplate, "WIDTH", strconv.Itoa(width)))
	root.SetHelpCommandGroupID(groupMore)
	root.SetCompletionCommandGroupID(groupMore)
	fitHelp(root, width)
	refuseUnknownHelp(root)
	running = new(bool)
	wrapRuns(root, running)
	return root, running
}

// refuseUnknownHelp has help fail on what it does not know.
func refuseUnknownHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	for _, help := range root.Commands() {
		if help.Name() != "help" {
			continue
		}
		help.RunE = func(cmd *cobra.Command, args []string) error {
			if _, rest, err := root.Find(args); err != nil || len(rest) > 0 {
				return fail.Hint(fail.Usagef("no such command or topic: %s", human.Quote(strings.Join(args, " "))), "'djsession --help' lists them")
			}
			help.Run(cmd, args)
			return nil
		}
	}
}

// The groups of commands in the root's help.
const (
	groupRead   = "read"
	groupChange = "change"
	groupMove   = "move"
	groupCare   = "care"
	groupText   = "text"
	groupMore   = "more"
)

// usageTemplate is what help prints after the description. The root has no room
// for flags: each command shows them.
const usageTemplate = `Usage:
{{- if .HasAvailableSubCommands}}
  {{.CommandPath}} [command]
{{- else if .Runnable}}
  {{.UseLine}}
{{- end}}
{{- if .HasExample}}

Examples:
{{.Example}}
{{- end}}
{{- range $group := .Groups}}

{{$group.Title}}
{{- range $.Commands}}{{if and (eq .GroupID $group.ID) .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{- end}}
{{- if and .HasParent .HasAvailableSubCommands}}

Commands:
{{- range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{- end}}
{{- if not .HasParent}}

Topics:
{{- range .Commands}}{{if .IsAdditionalHelpTopicCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}

'djsession help COMMAND' and 'djsession help TOPIC' tell more.
{{- end}}
{{- if and .HasParent .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsagesWrapped WIDTH | trimTrailingWhitespaces}}
{{- end}}
{{- if .HasAvailableInheritedFlags}}

Flags of every command:
{{.InheritedFlags.FlagUsagesWrapped WIDTH | trimTrailingWhitespaces}}
{{- end}}
`

// fitHelp breaks the lines of descriptions.
func fitHelp(cmd *cobra.Command, width int) {
	cmd.Long = term.Fit(cmd.Long, width)
	for _, sub := range cmd.Commands() {
		fitHelp(sub, width)
	}
}

// wrapRuns notes when a command begins to run.
func wrapRuns(cmd *cobra.Command, running *bool) {
	if run := cmd.RunE; run != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			*running = true
			return run(cmd, args)
		}
	}
	for _, sub := range cmd.Commands() {
		wrapRuns(sub, running)
	}
}
