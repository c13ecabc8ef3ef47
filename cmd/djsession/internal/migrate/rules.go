package migrate

import (
	"fmt"
	"slices"
	"strings"
)

// Rules say what becomes of values that JSON cannot hold, by sort of value. A
// sort without a rule is an obstacle: no value is converted without being asked
// for, because the code that reads it must expect the other form.
type Rules map[Sort]string

// A Sort is a sort of Python values that JSON cannot hold, or not without
// making something else of them.
type Sort string

// The sorts that have rules. The first rule of each is the usual one.
const (
	Datetime  Sort = "datetime"
	Date      Sort = "date"
	Time      Sort = "time"
	Timedelta Sort = "timedelta"
	Decimal   Sort = "decimal"
	UUID      Sort = "uuid"
	Set       Sort = "set" // frozenset too
	Tuple     Sort = "tuple"
	Bytes     Sort = "bytes" // bytearray too
	Keys      Sort = "keys"  // of dicts, that are numbers, booleans or None
	SafeText  Sort = "safestring"
	Dicts     Sort = "dict" // OrderedDict, defaultdict and Counter
)

var ways = []struct {
	sort Sort
	ways []string
}{
	{Datetime, []string{"iso", "timestamp"}},
	{Date, []string{"iso"}},
	{Time, []string{"iso"}},
	{Timedelta, []string{"seconds"}},
	{Decimal, []string{"str", "float"}},
	{UUID, []string{"str", "hex"}},
	{Set, []string{"list"}},
	{Tuple, []string{"list"}},
	{Bytes, []string{"base64", "text"}},
	{Keys, []string{"str"}},
	{SafeText, []string{"str"}},
	{Dicts, []string{"plain"}},
}

// Usual is the name of the rules that convert everything there is a rule for,
// each in the usual way.
const Usual = "usual"

// ParseRules reads rules such as "datetime=iso,decimal=str", or "usual", or
// "usual,decimal=float".
func ParseRules(text string) (Rules, error) {
	rules := make(Rules)
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		if part == Usual {
			for _, w := range ways {
				rules[w.sort] = w.ways[0]
			}
			continue
		}
		sort, way, _ := strings.Cut(part, "=")
		i := slices.IndexFunc(ways, func(w struct {
			sort Sort
			ways []string
		}) bool {
			return string(w.sort) == sort
		})
		if i < 0 {
			return nil, fmt.Errorf("%q is no sort of value: the rules are %s", sort, AllRules())
		}
		if !slices.Contains(ways[i].ways, way) {
			return nil, fmt.Errorf("%q is no way to convert %s: the ways are %s", way, sort, strings.Join(ways[i].ways, ", "))
		}
		rules[Sort(sort)] = way
	}
	return rules, nil
}

// AllRules lists every rule, the usual ways first.
func AllRules() string {
	var all []string
	for _, w := range ways {
		all = append(all, string(w.sort)+"="+strings.Join(w.ways, "|"))
	}
	return strings.Join(all, ", ")
}

// usualRule is the rule to suggest for a sort, or nothing.
func usualRule(sort Sort) string {
	for _, w := range ways {
		if w.sort == sort {
			return string(sort) + "=" + w.ways[0]
		}
	}
	return ""
}
