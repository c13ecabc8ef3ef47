package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

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

// hashers are those of the site's Django.
func (s *site) hashers() []hashers.Hasher {
	if major, minor := s.django(); major > 0 {
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
	list := s.hashers()
	if algorithm != "" {
		i := slices.IndexFunc(list, func(h hashers.Hasher) bool { return h.Algorithm() == algorithm })
		if i < 0 {
			var names []string
			for _, h := range list {
				names = append(names, h.Algorithm())
			}
			return hint(usagef("unknown algorithm %q", algorithm), "this Django has "+strings.Join(names, ", "))
		}
		list = list[i : i+1]
	}
	password, err := a.readPassword(ctx, true)
	if err != nil {
		return err
	}
	encoded, err := hashers.New(list).Make(password)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.stdout, encoded)
	return err
}

func (a *app) passwordCheckCommand() *cobra.Command {
	var user string
	cmd := &cobra.Command{
		Use:   "check [HASH]",
		Short: "Check a password against a hash, or a user's",
		Long: `Check says whether a password is right for a hash, as Django's check_password does: for HASH, or for the password column of
the user that --user names. --json prints {"correct", "algorithm", "must_update"}; the last says whether Django would hash it
anew at a login, which ends the user's other sessions. The exit status is 4 if the password is wrong.`,
		Example: `  djsession password check --user alice < password
  djsession password check 'pbkdf2_sha256$1$salt$PkPOe5BpQLpLTzaeYqQAcpGVrYquR6pKO0hmZYeq4Jc=' --json < password`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 1) == (user != "") {
				return usagef("give a hash, or --user")
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
		return errors.New("the password is unusable: nobody logs in with it")
	}
	password, err := a.readPassword(ctx, false)
	if err != nil {
		return err
	}
	checker := hashers.New(s.hashers())
	if _, err := checker.Identify(encoded); err != nil {
		return hint(fmt.Errorf("the algorithm %s is not one of this Django's", quote(algorithm)), "--django-version says which Django it is; a site's own hashers are not known")
	}
	correct, mustUpdate, err := checker.Check(password, encoded)
	if err != nil {
		return err
	}
	if a.json {
		if err := printJSON(a.stdout, struct {
			Correct    bool   `json:"correct"`
			Algorithm  string `json:"algorithm"`
			MustUpdate bool   `json:"must_update"`
		}{correct, algorithm, mustUpdate}); err != nil {
			return err
		}
	}
	if !correct {
		return withStatus(statusBadSignature, errors.New("the password is wrong"))
	}
	if !a.json {
		text := "the password is correct (" + algorithm
		if mustUpdate {
			text += ", which Django would make anew at a login"
		}
		_, err = fmt.Fprintln(a.stdout, text+")")
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
	users, err := a.openUsers(ctx, b, s)
	if err != nil {
		return "", err
	}
	defer users.Close()
	user, err := users.named(ctx, name)
	if err != nil {
		return "", err
	}
	return string(user.Password), nil
}

// readPassword asks on a terminal, twice for a new one, or reads the first line
// of stdin.
func (a *app) readPassword(ctx context.Context, isNew bool) (string, error) {
	if !isTerminal(a.stdin) {
		line, err := bufio.NewReader(io.LimitReader(a.stdin, 1<<16)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("cannot read stdin: %w", err)
		}
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			return "", usagef("stdin is empty: its first line should be the password")
		}
		return line, nil
	}
	password, err := a.askPassword(ctx, "password: ")
	if err != nil || !isNew {
		return password, err
	}
	again, err := a.askPassword(ctx, "again: ")
	if err == nil && again != password {
		err = usagef("that was another password")
	}
	return password, err
}

// askPassword asks without showing what is typed. Ctrl-C leaves the terminal as
// it was.
func (a *app) askPassword(ctx context.Context, prompt string) (string, error) {
	fd := int(a.stdin.(*os.File).Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	fmt.Fprint(a.stderr, prompt)
	defer fmt.Fprintln(a.stderr)
	type answer struct {
		password []byte
		err      error
	}
	answered := make(chan answer, 1)
	go func() {
		password, err := term.ReadPassword(fd)
		answered <- answer{password, err}
	}()
	select {
	case <-ctx.Done():
		return "", errors.Join(ctx.Err(), term.Restore(fd, before))
	case got := <-answered:
		return string(got.password), got.err
	}
}
