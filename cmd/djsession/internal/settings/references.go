package settings

import (
	"slices"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/djsession/dbstore"
)

// onDelete are the words of session_references: a model's on_delete.
var onDelete = map[string]dbstore.OnDelete{
	"cascade": dbstore.OnDeleteCascade, "set_null": dbstore.OnDeleteSetNull, "protect": dbstore.OnDeleteProtect, "restrict": dbstore.OnDeleteProtect,
	"do_nothing": dbstore.OnDeleteDoNothing,
}

// References reads session_references, as settings import writes it. A foreign
// key to another one's table comes after that one.
func References(text string) ([]dbstore.Reference, error) {
	all := []*referenceNode{}
	var top []*referenceNode
	for _, line := range Lines(text) {
		n, parent, err := readReference(line)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
		if parent == "" {
			top = append(top, n)
			continue
		}
		i := slices.IndexFunc(all, func(other *referenceNode) bool { return other != n && other.Table == parent })
		if i < 0 {
			return nil, fail.Usagef("session_references: %s comes before the line of the table that it refers to", human.Quote(line))
		}
		all[i].below = append(all[i].below, n)
	}
	return built(top), nil
}

// A referenceNode is a Reference whose own references are still to come.
type referenceNode struct {
	dbstore.Reference
	below []*referenceNode
}

func built(nodes []*referenceNode) (refs []dbstore.Reference) {
	for _, n := range nodes {
		n.References = built(n.below)
		refs = append(refs, n.Reference)
	}
	return refs
}

// readReference reads a line, and the table that it refers to if that is not
// the table of sessions.
func readReference(line string) (n *referenceNode, parent string, err error) {
	n = new(referenceNode)
	names, word, ok := cutLast(line, ":")
	from, to, nested := strings.Cut(names, "->")
	if nested {
		if parent, n.To, ok = cutLast(to, "."); !ok {
			return nil, "", badReference(line)
		}
		if _, parent, err = tableName("session_references", parent); err != nil {
			return nil, "", err
		}
	}
	table, column, hasColumn := cutLast(from, ".")
	rule, known := onDelete[strings.ToLower(word)]
	if !ok || !hasColumn || !known {
		return nil, "", badReference(line)
	}
	n.Column, n.OnDelete = column, rule
	n.Schema, n.Table, err = tableName("session_references", table)
	return n, parent, err
}

func badReference(line string) error {
	return fail.Hint(fail.Usagef("session_references: %s is not TABLE.COLUMN: ON_DELETE", human.Quote(line)),
		"as in 'shop_visit.session_id: cascade', and below it 'shop_page.visit_id -> shop_visit.id: cascade'; on_delete is cascade, set_null, protect, restrict or do_nothing")
}

// cutLast cuts text at the last sep, and trims both parts.
func cutLast(text, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(text, sep)
	if i < 0 {
		return "", "", false
	}
	before, after = strings.TrimSpace(text[:i]), strings.TrimSpace(text[i+len(sep):])
	return before, after, before != "" && after != ""
}

// Followable splits the foreign keys that the project named into those that
// session_references can say, and the others.
func Followable(lines []string) (known, others []string) {
	for _, line := range lines {
		if _, err := References(strings.Join(append(slices.Clone(known), line), "\n")); err == nil {
			known = append(known, line)
		} else {
			others = append(others, line)
		}
	}
	return known, others
}
