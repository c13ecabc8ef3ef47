package cli

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/account"
	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/term"
)

// sorted is the order that --sort asks for, or nil if the store has it.
func (f *listFlags) sorted() (func(x, y *session) int, error) {
	var order func(x, y *session) int
	switch f.sort {
	case "expires":
		return nil, nil
	case "key":
		if !f.reverse {
			return nil, nil
		}
		order = byKey
	case "saved":
		order = func(x, y *session) int { return f.saved(y).Compare(f.saved(x)) }
	case "size":
		order = func(x, y *session) int { return cmp.Compare(y.Encoding.Size, x.Encoding.Size) }
	case "user":
		order = byUser
	default:
		return nil, fail.Usagef("--sort %s: it is expires, saved, size, key or user", f.sort)
	}
	stable := func(x, y *session) int { return cmp.Or(order(x, y), byKey(x, y)) }
	if f.reverse {
		return func(x, y *session) int { return stable(y, x) }, nil
	}
	return stable, nil
}

func byKey(x, y *session) int { return strings.Compare(x.Key, y.Key) }

// byUser sorts ids as numbers if they are numbers, and sessions without a user
// last.
func byUser(x, y *session) int {
	a, b := sessionUser(x), sessionUser(y)
	if (a == "") != (b == "") {
		return cmp.Compare(len(b), len(a))
	}
	n, errN := strconv.ParseInt(a, 10, 64)
	m, errM := strconv.ParseInt(b, 10, 64)
	if errN == nil && errM == nil {
		return cmp.Compare(n, m)
	}
	return strings.Compare(a, b)
}

func sessionUser(found *session) string {
	if found.Err != nil {
		return ""
	}
	return account.UserID(found.Data)
}

// topSessions keeps the first sessions of an order, and no more of them in
// memory than it must.
type topSessions struct {
	limit   int // 0 is none
	less    func(x, y *session) int
	kept    []*session
	dropped bool
}

func (t *topSessions) add(found *session) {
	t.kept = append(t.kept, found)
	if t.limit > 0 && len(t.kept) >= 2*t.limit+term.TableRows {
		t.sorted()
	}
}

func (t *topSessions) sorted() []*session {
	slices.SortFunc(t.kept, t.less)
	if t.limit > 0 && len(t.kept) > t.limit {
		t.dropped = true
		clear(t.kept[t.limit:])
		t.kept = t.kept[:t.limit]
	}
	return t.kept
}
