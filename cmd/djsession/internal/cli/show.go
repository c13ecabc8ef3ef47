package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/signing/pyjson"
)

func (a *app) showCommand() *cobra.Command {
	var f filter
	var limit int
	cmd := &cobra.Command{
		Use:     "show KEY|COOKIE",
		GroupID: groupRead,
		Short:   "Show a session: whose, until when, how encoded, and every value",
		Long: `Show prints a session: whose it is, when it expires, how it is encoded, and every value in it.

KEY is a session key, or @ and the fingerprint that list shows. COOKIE is what a browser sends: the value of the cookie, or
the whole header. Of a site that keeps sessions in signed cookies, the value is the session, and no store is asked. With
the flags that select in place of a key, show prints all sessions that list would.

A session that has expired is shown as well; the exit status is then 3.

--json prints {"key", "fingerprint", "user", "expires", "expired", "size", "encoding", "error", "names", "data"}. The key is null
unless it is revealed, user is the id or null, size is in bytes before compression, and error says why a session cannot be
read: encoding and data are null then. In encoding there is what decode --json prints.`,
		Example: `  djsession show @f38b9d4c
  djsession show alice000000000000000000000000000 --json
  djsession show 'Cookie: csrftoken=x; sessionid=alice000000000000000000000000000'
  djsession show --user 2 --limit 1`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completeKeys,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && !f.given(cmd.Flags()) {
				return a.show(cmd.Context(), args[0])
			}
			if len(args) == 1 || !f.given(cmd.Flags()) {
				return hint(usagef("which session?"), "give a key, a cookie, or flags such as --user: see 'djsession show --help'")
			}
			return a.showAll(cmd.Context(), &f, limit)
		},
	}
	f.flags(cmd.Flags())
	cmd.Flags().IntVar(&limit, "limit", 0, "stop after `N` sessions; 0 is no limit")
	return cmd
}

func (a *app) show(ctx context.Context, arg string) error {
	settings, err := a.settings()
	if err != nil {
		return err
	}
	if value, ok := signedCookie(settings, arg); ok {
		return a.showCookie(ctx, settings, value)
	}
	b, s, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	key, err := a.keyOf(ctx, b, s, arg)
	if err != nil {
		return err
	}
	found, err := a.find(ctx, b, s, key)
	if err != nil {
		return err
	}
	names := a.newNameFinder(ctx, b, s)
	defer names.Close()
	if err := a.printSession(ctx, found, names); err != nil {
		return err
	}
	if found.Err != nil {
		return fmt.Errorf("%s cannot be read: %w", a.name(key), found.Err)
	}
	if !found.Expires.After(a.now()) {
		return expiredError(fmt.Sprintf("%s expired %s", a.name(key), a.relative(found.Expires)))
	}
	return nil
}

func (a *app) showAll(ctx context.Context, f *filter, limit int) error {
	b, s, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	if err := f.prepare(ctx, a, b, s); err != nil {
		return err
	}
	names := a.newNameFinder(ctx, b, s)
	defer names.Close()
	count := 0
	for found, err := range a.sessions(ctx, b, s, f.options()) {
		if err != nil {
			return err
		}
		if !f.matches(found) {
			continue
		}
		if count > 0 && !a.json {
			fmt.Fprintln(a.stdout)
		}
		if err := a.printSession(ctx, found, names); err != nil {
			return err
		}
		if count++; count == limit {
			break
		}
	}
	if count == 0 {
		a.say("no such sessions in %s", b.Where)
	}
	return nil
}

// expiredError has the status of what was not found.
func expiredError(text string) error { return withStatus(statusNotFound, errors.New(text)) }

// signedCookie knows the value of a signed-cookie session by its colons, which no session key has.
func signedCookie(s *site, arg string) (string, bool) {
	if value, ok := cookieValue(s, arg); ok {
		arg = value
	}
	return arg, strings.Count(arg, ":") >= 2 && !strings.Contains(arg, "=")
}

func (a *app) showCookie(ctx context.Context, s *site, value string) error {
	data, encoding, err := a.decodeText(s, value)
	if err != nil {
		return err
	}
	found := &session{Record: &djsession.Record{Data: data, Encoding: encoding}}
	if !encoding.SignedAt.IsZero() {
		found.Expires = encoding.SignedAt.Add(s.cookieAge)
	}
	names := a.newNameFinder(ctx, nil, s)
	defer names.Close()
	if err := a.printSession(ctx, found, names); err != nil {
		return err
	}
	if !found.Expires.After(a.now()) {
		return expiredError("the cookie expired " + a.relative(found.Expires))
	}
	return nil
}

// sessionJSON is what show --json prints, and list --json without the data: a contract.
type sessionJSON struct {
	Key         *string       `json:"key"`         // null unless revealed
	Fingerprint *string       `json:"fingerprint"` // null for a signed cookie
	User        *string       `json:"user"`        // the id; null if nobody is logged in
	Expires     *string       `json:"expires"`
	Expired     bool          `json:"expired"`
	Size        int           `json:"size"`     // of the payload, in bytes
	Encoding    *encodingJSON `json:"encoding"` // null if it cannot be read
	Error       *string       `json:"error"`    // why it cannot be read
	Names       []string      `json:"names"`
}

func (a *app) sessionJSON(found *session) sessionJSON {
	j := sessionJSON{
		Expires: utc(found.Expires),
		Expired: !found.Expires.After(a.now()),
		Error:   orNull(problem(found.Err)),
		Names:   []string{},
	}
	if found.Key != "" {
		j.Fingerprint = orNull(djsession.Fingerprint(found.Key))
		if a.reveal {
			j.Key = &found.Key
		}
	}
	if found.Err == nil {
		encoding := encodingOf(found.Encoding)
		j.Encoding, j.Size = &encoding, found.Encoding.Size
		j.User = orNull(userID(found.Data))
		for name := range found.Data.Names() {
			j.Names = append(j.Names, name)
		}
	}
	return j
}

func (a *app) printSession(ctx context.Context, found *session, names *nameFinder) error {
	var contents pyjson.Object
	if found.Err == nil {
		var err error
		if contents, err = a.contents(found.Data, found.Encoding.Serializer); err != nil {
			return err
		}
		if !found.Encoding.Verified {
			a.warnUnverified()
		}
	}
	if a.json {
		j := struct {
			sessionJSON
			Data pyjson.Object `json:"data"`
		}{a.sessionJSON(found), contents}
		return printJSON(a.stdout, j)
	}
	return a.printSessionTable(ctx, found, contents, names)
}

// warnUnverified is loud: what follows is anybody's word.
func (a *app) warnUnverified() {
	a.say("NOT VERIFIED: anybody can have written this")
}

func (a *app) printSessionTable(ctx context.Context, found *session, contents pyjson.Object, names *nameFinder) error {
	theme := a.theme()
	var b strings.Builder
	line := func(name, text string, style lipgloss.Style) {
		fmt.Fprintf(&b, "%s %s\n", theme.dim.Render(fmt.Sprintf("%-8s", name)), style.Render(text))
	}
	plain := lipgloss.NewStyle()
	if found.Key != "" {
		line("session", a.name(found.Key), theme.head)
	}
	if found.Err == nil {
		if id := userID(found.Data); id != "" {
			line("user", names.name(ctx, id), plain)
		} else {
			line("user", "nobody is logged in", theme.dim)
		}
	}
	if expired := !found.Expires.After(a.now()); expired {
		line("expired", a.at(found.Expires), theme.bad)
	} else {
		line("expires", a.at(found.Expires), plain)
	}
	switch {
	case found.Err != nil:
		line("encoded", "it cannot be read: "+problem(found.Err), theme.bad)
	case !found.Encoding.Verified:
		line("encoded", a.encoded(found.Encoding), theme.warn)
	default:
		line("encoded", a.encoded(found.Encoding), plain)
	}
	if found.Err == nil {
		b.WriteString("\n")
		a.writeContents(&b, contents, theme)
	}
	_, err := a.stdout.Write([]byte(b.String()))
	return err
}

// writeContents writes a line a value, or an indented block for a long one.
func (a *app) writeContents(b *strings.Builder, contents pyjson.Object, theme theme) {
	if len(contents) == 0 {
		b.WriteString(theme.dim.Render("empty") + "\n")
		return
	}
	names := make([]string, len(contents))
	widest := 0
	for i, m := range contents {
		names[i] = printable(m.Name)
		if names[i] == "" {
			names[i] = `""`
		}
		if w := lipgloss.Width(names[i]); w <= 30 {
			widest = max(widest, w)
		}
	}
	room := min(a.width(), 120) - widest - 2
	for i, m := range contents {
		pad := strings.Repeat(" ", max(0, widest-lipgloss.Width(names[i])))
		value := humanValue(m.Value, room, "")
		if value == masked {
			value = theme.dim.Render(value)
		}
		fmt.Fprintf(b, "%s%s  %s\n", theme.name.Render(names[i]), pad, value)
	}
}
