package cli

import (
	"context"
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/pyjson"
)

// sessionJSON is what show --json prints, and list --json without the data: a
// contract.
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
			j.Data = &contents
		}
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
	if found.expired(a.now()) {
		line("expired", a.at(found.Expires), theme.bad)
	} else {
		line("expires", a.at(found.Expires), plain)
	}
	switch {
	case found.Err != nil:
		line("encoded", "it cannot be read: "+problem(found.Err), theme.bad)
	case found.unverified():
		line("encoded", a.encoded(found), theme.warn)
	default:
		line("encoded", a.encoded(found), plain)
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
