package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/cmd/djsession/internal/project"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
)

func (a *app) settingsImportCommand() *cobra.Command {
	var managePy, python, output string
	var force, asGo bool
	cmd := &cobra.Command{
		Use:   "import --manage-py PATH",
		Short: "Ask a Django project for its settings, and write " + settings.FileName,
		Long: `Import runs the project's own Python, as manage.py shell does, asks it for what its sessions and users are, and writes that to
` + settings.FileName + `, which every command reads from the directory where it runs. Nothing else is touched, and no database is asked.
What the site does in code of its own, and every setting that is left out, is said on stderr with what follows from it.

The file holds the SECRET_KEY and the database's password: only its owner can read it, and it should not be committed. With
--output - it is printed. With --go nothing is written: what is printed is the site as a Go service holds it, without a secret.`,
		Example: `  djsession settings import --manage-py site/manage.py
  djsession settings import --manage-py site/manage.py --output -
  djsession settings import --manage-py site/manage.py --go`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if managePy == "" {
				return fail.Hint(fail.Usagef("which project?"), "--manage-py names its manage.py")
			}
			if asGo && (force || cmd.Flags().Changed("output")) {
				return fail.Usagef("--go prints, and writes no file")
			}
			result, err := a.askSettings(cmd.Context(), managePy, strings.Fields(python))
			switch {
			case err != nil:
				return err
			case asGo:
				return a.printGo(result)
			}
			return a.writeSettings(result, output, force)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&managePy, "manage-py", "", "the `PATH` of the project's manage.py, or of its directory")
	flags.StringVar(&python, "python", "", "the project's Python, a `COMMAND` (default that of its virtual environment)")
	flags.StringVarP(&output, "output", "o", settings.FileName, "the `FILE` to write, or -")
	flags.BoolVar(&force, "force", false, "replace a file that is there")
	flags.BoolVar(&asGo, "go", false, "print a djsite.Site for a Go service, without secrets")
	return cmd
}

// askSettings asks a project, and says what cannot be a setting.
func (a *app) askSettings(ctx context.Context, managePy string, python []string) (*project.Result, error) {
	managePy, err := project.FindManagePy(managePy)
	if err != nil {
		return nil, err
	}
	found, err := project.Ask(ctx, managePy, python, a.Say)
	if err != nil {
		return nil, err
	}
	result := found.Settings(filepath.Dir(managePy))
	for _, note := range result.Notes {
		a.Say("%s", human.Printable(fail.OneLine(note)))
	}
	return result, nil
}

// printGo prints the site for a Go program.
func (a *app) printGo(result *project.Result) error {
	text, err := project.Go(result.Found, result.Values)
	if err != nil {
		return err
	}
	_, err = a.Stdout.Write(text)
	return err
}

// writeSettings writes djsession.toml.
func (a *app) writeSettings(result *project.Result, output string, force bool) error {
	text, err := project.File(result.Found, result.Values)
	if err != nil {
		return err
	}
	if output == "-" {
		_, err := a.Stdout.Write(text)
		return err
	}
	if err := writePrivate(output, text, force); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return fail.Hint(fail.File("write", err), "--force replaces it")
		}
		return fail.File("write", err)
	}
	a.Say("wrote %s: Django %s, %s", output, result.Found.Django, result.Found.Engine)
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
