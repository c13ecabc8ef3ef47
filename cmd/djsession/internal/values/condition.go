package values

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/pickle"
	"github.com/djsession/djsession-go/pyjson"
)

// A Condition is one of --where: a path into a session's values, and what must
// be true of what is there.
type Condition struct {
	path []string
	op   string // "" asks only whether something is there
	want any
}

// operators are tried in this order where the first of their characters stands.
var operators = []string{"<=", ">=", "!=", "=", "<", ">", "~"}

// ParseCondition reads "cart.total>10". A path is names and, in lists, numbers,
// with dots between; * is every item. The operand is JSON, or otherwise a text.
func ParseCondition(text string) (*Condition, error) {
	path, op, want := text, "", ""
	if i := strings.IndexAny(text, "<>!=~"); i >= 0 {
		for _, known := range operators {
			if strings.HasPrefix(text[i:], known) {
				path, op, want = text[:i], known, text[i+len(known):]
				break
			}
		}
		if op == "" {
			return nil, fail.Usagef("--where %s: the operators are %s", text, strings.Join(operators, " "))
		}
	}
	path = strings.TrimSpace(path)
	if path == "" {
		return nil, fail.Hint(fail.Usagef("--where %s: it begins with the name of a value", text), "such as cart.total>10")
	}
	c := &Condition{path: strings.Split(path, "."), op: op}
	if op != "" {
		c.want = JSONOrText(strings.TrimSpace(want))
	}
	return c, nil
}

// JSONOrText takes anything but JSON for a text, so that quotes need not be
// quoted.
func JSONOrText(text string) any {
	if v, err := ParseJSON(text); err == nil {
		return v
	}
	return text
}

// Matches reports whether anything that the path leads to is as it must be.
func (c *Condition) Matches(d *djsession.Data) bool {
	// A name may have dots itself, so the longest one that is there counts.
	for n := len(c.path); n > 0; n-- {
		name := strings.Join(c.path[:n], ".")
		if !d.Has(name) {
			continue
		}
		v, _, err := d.Get(name)
		return err == nil && c.walk(Readable(v), c.path[n:])
	}
	if c.path[0] == "*" {
		r := newReading()
		for name := range d.Names() {
			if v, _, err := d.Get(name); err == nil && c.walk(r.value(v, 0), c.path[1:]) {
				return true
			}
		}
	}
	return false
}

func (c *Condition) walk(v any, path []string) bool {
	if len(path) == 0 {
		return c.holds(v)
	}
	step, rest := path[0], path[1:]
	switch v := v.(type) {
	case pyjson.Object:
		if step == "*" {
			for _, m := range v {
				if c.walk(m.Value, rest) {
					return true
				}
			}
			return false
		}
		inner, ok := v.Get(step)
		return ok && c.walk(inner, rest)
	case []any:
		if step == "*" {
			for _, item := range v {
				if c.walk(item, rest) {
					return true
				}
			}
			return false
		}
		i, err := strconv.Atoi(step)
		if i < 0 {
			i += len(v)
		}
		return err == nil && i >= 0 && i < len(v) && c.walk(v[i], rest)
	}
	return false
}

func (c *Condition) holds(v any) bool {
	switch c.op {
	case "":
		return true
	case "~":
		return strings.Contains(strings.ToLower(asText(v)), strings.ToLower(asText(c.want)))
	}
	order, comparable := compareValues(v, c.want)
	switch c.op {
	case "=":
		return comparable && order == 0
	case "!=":
		return !comparable || order != 0
	case "<":
		return comparable && order < 0
	case "<=":
		return comparable && order <= 0
	case ">":
		return comparable && order > 0
	default:
		return comparable && order >= 0
	}
}

// compareValues compares numbers as numbers, also those in texts if the other
// is one: prices are stored as "4.50" as often as not.
func compareValues(a, b any) (order int, comparable bool) {
	if x, ok := number(a); ok {
		if y, ok := number(b); ok && !(isText(a) && isText(b)) {
			return x.Cmp(y), true
		}
	}
	if isText(a) != isText(b) {
		return 0, false
	}
	if isText(a) {
		return strings.Compare(asText(a), asText(b)), true
	}
	if asText(a) == asText(b) {
		return 0, true
	}
	return 1, false
}

func isText(v any) bool {
	_, ok := v.(string)
	return ok || isRepr(v)
}

// isRepr knows what [Readable] makes of a value that JSON lacks.
func isRepr(v any) bool {
	object, ok := v.(pyjson.Object)
	return ok && len(object) == 1 && object[0].Name == "$repr"
}

// number is the exact value of a number, or of a text or Decimal that looks
// like one.
func number(v any) (*big.Rat, bool) {
	switch v := v.(type) {
	case int64:
		return new(big.Rat).SetInt64(v), true
	case *big.Int:
		return new(big.Rat).SetInt(v), true
	case float64:
		r := new(big.Rat).SetFloat64(v)
		return r, r != nil
	case string:
		return pickle.Decimal(v).Rat()
	}
	if isRepr(v) {
		text := asText(v)
		if inner, ok := strings.CutPrefix(text, "Decimal('"); ok {
			return pickle.Decimal(strings.TrimSuffix(inner, "')")).Rat()
		}
	}
	return nil, false
}

// asText is a value as a text to look into.
func asText(v any) string {
	switch {
	case isRepr(v):
		text, _ := v.(pyjson.Object)[0].Value.(string)
		return text
	default:
		if text, ok := v.(string); ok {
			return text
		}
	}
	text, err := pyjson.Append(nil, v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}
