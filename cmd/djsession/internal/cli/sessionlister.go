package cli

import (
	"bufio"
	"context"
	"iter"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/djsession/djsession-go/djsession"
)

// sessions walks through a store. A session that cannot be read comes with the
// reason in its Err; an error ends the walk.
func (a *app) sessions(ctx context.Context, b *backend, s *site, opts *djsession.ListOptions) iter.Seq2[*session, error] {
	return func(yield func(*session, error) bool) {
		lister, ok := b.Store.(djsession.Lister)
		if !ok {
			yield(nil, errNotListed)
			return
		}
		for rec, err := range lister.List(ctx, opts) {
			if rec == nil {
				yield(nil, err)
				return
			}
			found := &session{Record: rec, Err: err, Unsigned: b.Cache != nil}
			if err := a.unverified(ctx, b, s, found); err != nil {
				yield(nil, err)
				return
			}
			if !yield(found, nil) {
				return
			}
		}
	}
}

// narrow is the width below which a terminal has no room for times of day.
const narrow = 100

// A sessionLister prints sessions, a line each.
type sessionLister struct {
	app   *app
	json  *bufio.Writer          // nil for tables and CSV
	out   *lister                // nil for JSON
	named func(id string) string // what a user is called on a terminal; programs get ids
}

func (a *app) newSessionLister(asCSV bool, named func(id string) string) *sessionLister {
	if a.json && !asCSV {
		return &sessionLister{app: a, json: bufio.NewWriter(a.stdout)}
	}
	if asCSV || !isTerminal(a.stdout) {
		named = func(id string) string { return id }
	}
	columns := []string{"session", "user", "expires", "encoded", "size", "names"}
	theme := a.theme()
	style := func(row []string, column int) lipgloss.Style {
		switch column {
		case 0:
			return theme.name
		case 2:
			if strings.Contains(row[2], " ago") {
				return theme.bad
			}
		case 3:
			switch encoded := row[3]; {
			case strings.HasPrefix(encoded, "modern") && !strings.Contains(encoded, ","):
			case strings.HasSuffix(encoded, ", cached"):
			case strings.HasPrefix(encoded, "modern"), strings.HasPrefix(encoded, "legacy"):
				return theme.warn
			default: // a reason why not
				return theme.bad
			}
		case 4, 5:
			return theme.dim
		}
		return lipgloss.NewStyle()
	}
	return &sessionLister{app: a, out: a.newLister(asCSV, style, columns...), named: named}
}

func (l *sessionLister) add(found *session) error {
	if l.json != nil {
		return printJSON(l.json, l.app.sessionJSON(found))
	}
	user, encoded, size, names := "-", problem(found.Err), "", ""
	if found.Err == nil {
		if id := userID(found.Data); id != "" {
			user = l.named(id)
		}
		encoded, size = encodedBriefly(found), bytes(found.Encoding.Size)
		names = visibleNames(found.Data)
	}
	expires := l.app.at(found.Expires)
	if l.app.width() < narrow {
		expires = l.app.relative(found.Expires)
	}
	if l.out.csv != nil {
		expires, size = orEmpty(utc(found.Expires)), strconv.Itoa(found.Encoding.Size)
		if user == "-" {
			user = ""
		}
	}
	return l.out.add(l.app.name(found.Key), user, expires, encoded, size, names)
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
	return l.out.flush()
}
