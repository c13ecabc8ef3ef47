package cli

import (
	"context"
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/djsession/djsession-go/cmd/djsession/internal/account"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
	"github.com/djsession/djsession-go/cmd/djsession/internal/values"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/pyjson"
)

// sessionJSON is what show --json prints, and list --json without the data: a
// contract.
type sessionJSON struct {
	Key         *string       `json:"key"`         // null unless revealed
	Fingerprint *string       `json:"fingerprint"` // null for a signed cookie
	User        *string       `json:"user"`        // the id; null if the session is not a login
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
		Expired: found.expired(a.now()),
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
		encoding := encodingOf(found)
		j.Encoding, j.Size = &encoding, found.Encoding.Size
		j.User = orNull(account.UserID(found.Data))
		for name := range found.Data.Names() {
			j.Names = append(j.Names, name)
		}
	}
	return j
}

func (a *app) printSession(ctx context.Context, found *session, names *account.Names) error {
	var object pyjson.Object
	if found.Err == nil {
		var err error
		if object, err = values.Contents(found.Data, found.Encoding.Serializer, a.reveal); err != nil {
			return err
		}
		if found.unverified() {
			a.warnUnverified()
		}
	}
	if a.json {
		j := struct {
			sessionJSON
			Data *pyjson.Object `json:"data"` // null if it cannot be read
		}{sessionJSON: a.sessionJSON(found)}
		if found.Err == nil {
			j.Data = &object
		}
		return term.PrintJSON(a.Stdout, j)
	}
	return a.printSessionTable(ctx, found, object, names)
}

// warnUnverified is loud: the content may be forged.
func (a *app) warnUnverified() {
	a.Say("NOT VERIFIED: this may be forged")
}

func (a *app) printSessionTable(ctx context.Context, found *session, object pyjson.Object, names *account.Names) error {
	theme := a.Theme()
	var b strings.Builder
	line := func(name, text string, style lipgloss.Style) {
		fmt.Fprintf(&b, "%s %s\n", theme.Dim.Render(fmt.Sprintf("%-8s", name)), style.Render(text))
	}
	plain := lipgloss.NewStyle()
	if found.Key != "" {
		line("session", a.name(found.Key), theme.Head)
	}
	if found.Err == nil {
		if id := account.UserID(found.Data); id != "" {
			line("user", names.Name(ctx, id), plain)
		} else {
			line("user", "no user is logged in", theme.Dim)
		}
	}
	if found.expired(a.now()) {
		line("expired", a.at(found.Expires), theme.Bad)
	} else {
		line("expires", a.at(found.Expires), plain)
	}
	switch {
	case found.Err != nil:
		line("encoded", "it cannot be read: "+problem(found.Err), theme.Bad)
	case found.unverified():
		line("encoded", a.encoded(found), theme.Warn)
	default:
		line("encoded", a.encoded(found), plain)
	}
	if found.Err == nil {
		b.WriteString("\n")
		a.writeContents(&b, object, theme)
	}
	_, err := a.Stdout.Write([]byte(b.String()))
	return err
}

// writeContents writes a line a value, or an indented block for a long one.
func (a *app) writeContents(b *strings.Builder, object pyjson.Object, theme term.Theme) {
	if len(object) == 0 {
		b.WriteString(theme.Dim.Render("empty") + "\n")
		return
	}
	names := make([]string, len(object))
	widest := 0
	for i, m := range object {
		names[i] = human.Printable(m.Name)
		if names[i] == "" {
			names[i] = `""`
		}
		if w := lipgloss.Width(names[i]); w <= 30 {
			widest = max(widest, w)
		}
	}
	room := min(a.Width(), 120) - widest - 2
	for i, m := range object {
		pad := strings.Repeat(" ", max(0, widest-lipgloss.Width(names[i])))
		value := values.Text(m.Value, room, "")
		if value == values.Masked {
			value = theme.Dim.Render(value)
		}
		fmt.Fprintf(b, "%s%s  %s\n", theme.Name.Render(names[i]), pad, value)
	}
}
