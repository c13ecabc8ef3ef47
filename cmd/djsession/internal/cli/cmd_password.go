package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/account"
	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
	"github.com/djsession/djsession-go/djsession/auth/hashers"
)

func (a *app) passwordCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "password",
		GroupID: groupText,
		Short:   "Check and make what Django's password column holds",
		Long: `The password itself is asked for on a terminal, or else read from the first line of stdin: arguments can be seen by all users
of a machine.`,
		Example: "  djsession password check --user alice < password",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.passwordCheckCommand(), a.passwordMakeCommand())
	return cmd
}

// hashersOf are those of the site's Django.
func hashersOf(s *settings.Site) []hashers.Hasher {
	if major, minor := s.Django(); major > 0 {
		return hashers.ForDjango(major, minor)
	}
	return hashers.ForDjango(1000, 0)
}

func (a *app) passwordMakeCommand() *cobra.Command {
	var algorithm string
	cmd := &cobra.Command{
		Use:   "make",
		Short: "Hash a password for the password column",
		Long: `Make prints a hash as Django's make_password does: by its first hasher, or by the one that --algorithm names, with the
parameters of the newest Django, or of that which --django-version names.`,
		Example: `  djsession password make < password
  djsession password make --algorithm argon2 --django-version 5.2 < password`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.passwordMake(cmd.Context(), algorithm) },
	}
	cmd.Flags().StringVar(&algorithm, "algorithm", "", "the `NAME` of the hasher, such as argon2 or scrypt")
	return cmd
}

func (a *app) passwordMake(ctx context.Context, algorithm string) error {
	s, err := a.settings()
	if err != nil {
		return err
	}
	list := hashersOf(s)
	if algorithm != "" {
		i := slices.IndexFunc(list, func(h hashers.Hasher) bool { return h.Algorithm() == algorithm })
		if i < 0 {
			var names []string
			for _, h := range list {
				names = append(names, h.Algorithm())
			}
			return fail.Hint(fail.Usagef("unknown algorithm %q", algorithm), "this Django has "+strings.Join(names, ", "))
		}
		list = list[i : i+1]
	}
	password, err := a.ReadPassword(ctx, true)
	if err != nil {
		return err
	}
	encoded, err := hashers.New(list).Make(password)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.Stdout, encoded)
	return err
}

func (a *app) passwordCheckCommand() *cobra.Command {
	var user string
	cmd := &cobra.Command{
		Use:   "check [HASH]",
		Short: "Check a password against a hash, or a user's",
		Long: `Check says whether a password is right for a hash, as Django's check_password does: for HASH, or for the password column of
the user that --user names. --json prints {"correct", "algorithm", "must_update"}; the last says whether Django would hash it
again at a login, which ends the user's other sessions. The exit status is 4 if the password is wrong.`,
		Example: `  djsession password check --user alice < password
  djsession password check 'pbkdf2_sha256$1$salt$PkPOe5BpQLpLTzaeYqQAcpGVrYquR6pKO0hmZYeq4Jc=' --json < password`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 1) == (user != "") {
				return fail.Usagef("give a hash, or --user")
			}
			encoded := ""
			if len(args) == 1 {
				encoded = args[0]
			}
			return a.passwordCheck(cmd.Context(), encoded, user)
		},
	}
	cmd.Flags().StringVar(&user, "user", "", "the user with this `ID` or name")
	return cmd
}

func (a *app) passwordCheck(ctx context.Context, encoded, name string) error {
	s, err := a.settings()
	if err != nil {
		return err
	}
	if name != "" {
		if encoded, err = a.storedPassword(ctx, name); err != nil {
			return err
		}
	}
	algorithm := hashers.AlgorithmOf(encoded)
	if algorithm == "" {
		return errors.New("the password is unusable: no password matches it")
	}
	password, err := a.ReadPassword(ctx, false)
	if err != nil {
		return err
	}
	checker := hashers.New(hashersOf(s))
	if _, err := checker.Identify(encoded); err != nil {
		return fail.Hint(fmt.Errorf("the algorithm %s is not one of this Django's", human.Quote(algorithm)), "--django-version says which Django it is; a site's own hashers are not known")
	}
	correct, mustUpdate, err := checker.Check(password, encoded)
	if err != nil {
		return err
	}
	if a.json {
		if err := term.PrintJSON(a.Stdout, struct {
			Correct    bool   `json:"correct"`
			Algorithm  string `json:"algorithm"`
			MustUpdate bool   `json:"must_update"`
		}{correct, algorithm, mustUpdate}); err != nil {
			return err
		}
	}
	if !correct {
		return fail.WithStatus(fail.BadSignature, errors.New("the password is wrong"))
	}
	if !a.json {
		text := "the password is correct (" + algorithm
		if mustUpdate {
			text += ", which Django would replace at a login"
		}
		_, err = fmt.Fprintln(a.Stdout, text+")")
	}
	return err
}

// storedPassword is the password column of a user.
func (a *app) storedPassword(ctx context.Context, name string) (string, error) {
	b, s, err := a.open(ctx)
	if err != nil {
		return "", err
	}
	defer b.Close()
	users, err := account.Open(ctx, b, s)
	if err != nil {
		return "", err
	}
	defer users.Close()
	user, err := users.Named(ctx, name)
	if err != nil {
		return "", err
	}
	return string(user.Password), nil
}
