package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
)

// manCommand is hidden: it is for those who package djsession.
func (a *app) manCommand() *cobra.Command {
	var section string
	cmd := &cobra.Command{
		Use:    "man DIR",
		Short:  "Write man pages into a directory",
		Long:   "Man writes a man page for each command into a directory, from the same texts as --help.",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return fail.File("write", err)
			}
			return writeManPages(cmd.Root(), args[0], section)
		},
	}
	cmd.Flags().StringVar(&section, "section", "1", "the `NUMBER` of the manual's section")
	return cmd
}

func writeManPages(root *cobra.Command, dir, section string) error {
	root.DisableAutoGenTag = true
	keepLines(root)
	date := buildTime()
	header := doc.GenManHeader{Section: section, Date: &date, Source: "djsession " + version(), Manual: "djsession"}
	if err := doc.GenManTree(root, &header, dir); err != nil {
		return err
	}
	for _, topic := range root.Commands() { // GenManTree knows commands only
		if !topic.IsAdditionalHelpTopicCommand() {
			continue
		}
		file, err := os.Create(filepath.Join(dir, "djsession-"+topic.Name()+"."+section))
		if err != nil {
			return err
		}
		header.Title = "" // from the command
		if err := errors.Join(doc.GenMan(topic, &header, file), file.Close()); err != nil {
			return err
		}
	}
	return nil
}

// keepLines makes Markdown keep tables and lists in the texts as they are: they
// are indented by two spaces, and code by four.
func keepLines(cmd *cobra.Command) {
	var b strings.Builder
	for line := range strings.Lines(cmd.Long) {
		if strings.HasPrefix(line, "  ") {
			line = "    " + line
		}
		b.WriteString(line)
	}
	cmd.Long = b.String()
	for _, sub := range cmd.Commands() {
		keepLines(sub)
	}
}
