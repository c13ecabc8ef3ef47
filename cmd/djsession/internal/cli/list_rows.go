package cli

import (
	"bufio"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/djsession/djsession-go/cmd/djsession/internal/account"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
	"github.com/djsession/djsession-go/djsession"
)

// narrow is the width below which a terminal has no room for times of day.
const narrow = 100

// A sessionLister prints sessions, a line each.
type sessionLister struct {
	app   *app
	json  *bufio.Writer          // nil for tables and CSV
	out   *term.Table            // nil for JSON
	named func(id string) string // what a user is called on a terminal; programs get ids
}

func (a *app) newSessionLister(asCSV bool, named func(id string) string) *sessionLister {
	if a.json && !asCSV {
		return &sessionLister{app: a, json: bufio.NewWriter(a.Stdout)}
	}
	if asCSV || !term.IsTerminal(a.Stdout) {
		named = func(id string) string { return id }
	}
	columns := []string{"session", "user", "expires", "encoded", "size", "names"}
	theme := a.Theme()
	style := func(row []string, column int) lipgloss.Style {
		switch column {
		case 0:
			return theme.Name
		case 2:
			if strings.Contains(row[2], " ago") {
				return theme.Bad
			}
		case 3:
			switch encoded := row[3]; {
			case strings.HasPrefix(encoded, "modern") && !strings.Contains(encoded, ","):
			case strings.HasSuffix(encoded, ", cached"):
			case strings.HasPrefix(encoded, "modern"), strings.HasPrefix(encoded, "legacy"):
				return theme.Warn
			default: // a reason why not
				return theme.Bad
			}
		case 4, 5:
			return theme.Dim
		}
		return lipgloss.NewStyle()
	}
	return &sessionLister{app: a, out: a.NewTable(asCSV, style, columns...), named: named}
}

func (l *sessionLister) add(found *session) error {
	if l.json != nil {
		return term.PrintJSON(l.json, l.app.sessionJSON(found))
	}
	user, encoded, size, names := "-", problem(found.Err), "", ""
	if found.Err == nil {
		if id := account.UserID(found.Data); id != "" {
			user = l.named(id)
		}
		encoded, size = encodedBriefly(found), human.Bytes(found.Encoding.Size)
		names = visibleNames(found.Data)
	}
	expires := l.app.at(found.Expires)
	if l.app.Width() < narrow {
		expires = l.app.relative(found.Expires)
	}
	if l.out.CSV != nil {
		expires, size = orEmpty(utc(found.Expires)), strconv.Itoa(found.Encoding.Size)
		if user == "-" {
			user = ""
		}
	}
	return l.out.Add(l.app.name(found.Key), user, expires, encoded, size, names)
}

// visibleNames are the names of a session but those that every login has.
func visibleNames(d *djsession.Data) string {
	var names []string
	for name := range d.Names() {
		switch name {
		case "_auth_user_id", "_auth_user_backend", "_auth_user_hash":
		case "":
			names = append(names, `""`)
		default:
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

func (l *sessionLister) flush() error {
	if l.json != nil {
		return l.json.Flush()
	}
	return l.out.Flush()
}
