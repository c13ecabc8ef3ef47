package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/cobra"
)

func (a *app) settingsImportCommand() *cobra.Command {
	var managePy, python, output string
	var force bool
	cmd := &cobra.Command{
		Use:   "import --manage-py PATH",
		Short: "Ask a Django project for its settings, and write " + configName,
		Long: `Import runs the project's own Python, as manage.py shell does, asks it for what its sessions and users are, and writes that to
` + configName + `, which every command reads from the folder where it runs. Nothing else is touched, and no database is asked.
What the site does in code of its own, and every setting that is left out, is said on stderr with what follows from it.

The file holds the SECRET_KEY and the database's password: only its owner can read it, and it should not be committed. With
--output - it is printed.`,
		Example: `  djsession settings import --manage-py site/manage.py
  djsession settings import --manage-py site/manage.py --output -`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if managePy == "" {
				return hint(usagef("which project?"), "--manage-py names its manage.py")
			}
			return a.importSettings(cmd.Context(), managePy, strings.Fields(python), output, force)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&managePy, "manage-py", "", "the `PATH` of the project's manage.py, or of its folder")
	flags.StringVar(&python, "python", "", "the project's Python, a `COMMAND` (default that of its virtual environment)")
	flags.StringVarP(&output, "output", "o", configName, "the `FILE` to write, or -")
	flags.BoolVar(&force, "force", false, "replace a file that is there")
	return cmd
}

func (a *app) importSettings(ctx context.Context, managePy string, python []string, output string, force bool) error {
	managePy, err := findManagePy(managePy)
	if err != nil {
		return err
	}
	found, err := a.askDjango(ctx, managePy, python)
	if err != nil {
		return err
	}
	result := found.settings(filepath.Dir(managePy))
	text, err := settingsFile(found, result.values)
	if err != nil {
		return err
	}
	for _, note := range result.notes {
		a.say("%s", printable(oneLine(note)))
	}
	if output == "-" {
		_, err := a.stdout.Write(text)
		return err
	}
	if err := writePrivate(output, text, force); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return hint(fileError("write", err), "--force replaces it")
		}
		return fileError("write", err)
	}
	a.say("wrote %s: Django %s, %s", output, found.Django, found.Engine)
	return nil
}

// writePrivate writes a file that only its owner can read, all of it or
// nothing.
func writePrivate(path string, text []byte, force bool) error {
	if !force {
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		_, err = file.Write(text)
		return errors.Join(err, file.Close())
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // with mode 0600
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		os.Remove(file.Name())
	}
	return err
}

// settingsFile is the text of djsession.toml, in the order of the table of
// settings.
func settingsFile(found *djangoSettings, values map[string]any) ([]byte, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "# Settings of a Django %s project for djsession. 'djsession help settings' explains them.\n# This file holds secrets: do not commit it.\n\n", found.Django)
	for i := range settingTable {
		name := settingTable[i].name
		if value, ok := values[name]; ok {
			line, err := toml.Marshal(map[string]any{name: value})
			if err != nil {
				return nil, err
			}
			b.Write(line)
		}
	}
	return []byte(b.String()), nil
}
