package migrate

import (
	"encoding/base64"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/djsession/djsession-go/pickle"
	"github.com/djsession/djsession-go/pyjson"
)

// An Obstacle is a sort of values that cannot be JSON under the rules.
type Obstacle struct {
	Path   string // where the first is: names and places, never a value
	Type   string // Python's name for what they are
	Rule   string // the rule that would convert them; empty if there is none
	Values int64
}

// A converter makes of a decoded pickle what JSON can hold, and notes what it
// cannot. It goes through each container once, however many places it is in.
type converter struct {
	rules     Rules
	obstacles []Obstacle
	types     map[string]int // where in obstacles a type is
	path      []string
	size      int
	converted map[pickle.ID]*converted
}

// converted is what a container became, and the size of that as JSON. The form
// is not known yet while the container itself is being converted.
type converted struct {
	form any
	size int
	done bool
}

// maxSize bounds what is written out, in bytes or so: in a pickle, a small list
// may be in a list many times, and that again.
const maxSize = 8 << 20

func (c *converter) convert(v any) any {
	if c.size += 8; c.size > maxSize || len(c.path) > pyjson.MaxDepth {
		c.obstacle("a value that is too deep or, written out, too large", "")
		return nil
	}
	id, nests := pickle.IDOf(v)
	if !nests {
		return c.value(v)
	}
	if known := c.converted[id]; known != nil {
		if !known.done {
			c.obstacle("a value that contains itself (circular)", "")
			return nil
		}
		c.size += known.size
		return known.form
	}
	if c.converted == nil {
		c.converted = make(map[pickle.ID]*converted)
	}
	now, before := new(converted), c.size
	c.converted[id] = now
	now.form = c.value(v)
	now.size, now.done = c.size-before, true
	return now.form
}

func (c *converter) value(v any) any {
	switch v := v.(type) {
	case nil, bool, int64, float64:
		return v
	case string:
		c.size += len(v)
		return v
	case *big.Int:
		c.size += v.BitLen() / 3
		return v
	case *pickle.List:
		return c.items(v.Items)
	case pickle.Tuple:
		return c.ruled("tuple", Tuple, func(string) any { return c.items(v) })
	case pickle.SafeString:
		c.size += len(v.Text)
		return c.ruled("django.utils.safestring."+v.Name, SafeText, func(string) any { return v.Text })
	case *pickle.Set:
		return c.ruled("set", Set, func(string) any { return c.set(v.All()) })
	case *pickle.FrozenSet:
		return c.ruled("frozenset", Set, func(string) any { return c.set(v.All()) })
	case pickle.Bytes:
		return c.bytes("bytes", []byte(v))
	case *pickle.ByteArray:
		return c.bytes("bytearray", v.Data)
	case pickle.Decimal:
		c.size += len(v)
		return c.ruled("decimal.Decimal", Decimal, func(way string) any { return c.decimal(v, way) })
	case pickle.UUID:
		return c.ruled("uuid.UUID", UUID, func(way string) any {
			if way == "hex" {
				return strings.ReplaceAll(v.String(), "-", "")
			}
			return v.String()
		})
	case pickle.DateTime:
		return c.ruled("datetime.datetime", Datetime, func(way string) any { return c.datetime(v, way) })
	case pickle.Date:
		return c.ruled("datetime.date", Date, func(string) any { return fmt.Sprintf("%04d-%02d-%02d", v.Year, v.Month, v.Day) })
	case pickle.Time:
		return c.ruled("datetime.time", Time, func(string) any { return c.timeOfDay(v) })
	case pickle.TimeDelta:
		return c.ruled("datetime.timedelta", Timedelta, func(string) any {
			return float64(v.Days)*86400 + float64(v.Seconds) + float64(v.Microseconds)/1e6
		})
	}
	dict, ok := pickle.AsDict(v)
	if !ok {
		c.obstacle(typeOf(v), "")
		return nil
	}
	if _, ordinary := v.(*pickle.Dict); ordinary {
		return c.dict(dict)
	}
	return c.ruled(typeOf(v), Dicts, func(string) any { return c.dict(dict) })
}

// typeOf is Python's name for the type of a value that no rule knows.
func typeOf(v any) string {
	switch v := v.(type) {
	case *pickle.Object:
		if v.Callable != nil {
			return "an object"
		}
		return v.Class.String()
	case pickle.Class:
		return "the class " + v.String()
	case *pickle.OrderedDict:
		return "collections.OrderedDict"
	case *pickle.DefaultDict:
		return "collections.defaultdict"
	case *pickle.Counter:
		return "collections.Counter"
	case *pickle.Deque:
		return "collections.deque"
	case complex128:
		return "complex"
	}
	return strings.TrimPrefix(fmt.Sprintf("%T", v), "*")
}

// ruled converts by the rule for a sort, or notes that there is none.
func (c *converter) ruled(python string, sort Sort, by func(way string) any) any {
	way, ok := c.rules[sort]
	if !ok {
		c.obstacle(python, usualRule(sort))
		return nil
	}
	return by(way)
}

func (c *converter) obstacle(python, rule string) {
	i, known := c.types[python]
	if !known {
		i = len(c.obstacles)
		c.obstacles = append(c.obstacles, Obstacle{Path: strings.Join(c.path, ""), Type: python, Rule: rule})
		if c.types == nil {
			c.types = make(map[string]int)
		}
		c.types[python] = i
	}
	c.obstacles[i].Values++
}

// at converts a value that is somewhere inside the one at hand.
func (c *converter) at(place string, v any) any {
	c.path = append(c.path, place)
	defer func() { c.path = c.path[:len(c.path)-1] }()
	return c.convert(v)
}

func (c *converter) items(items []any) any {
	list := make([]any, len(items))
	for i, item := range items {
		list[i] = c.at("["+strconv.Itoa(i)+"]", item)
	}
	return list
}

func (c *converter) set(elements func(func(any) bool)) any {
	list := []any{}
	for element := range elements {
		list = append(list, c.at("{}", element))
	}
	return list
}

func (c *converter) dict(d *pickle.Dict) any {
	object := make(pyjson.Object, 0, d.Len())
	taken := make(map[string]bool, d.Len())
	for key, value := range d.All() {
		name, ok := key.(string)
		if !ok {
			name, ok = c.key(key)
		}
		if ok && taken[name] {
			c.obstacle("a dict with keys that JSON takes for the same", "")
		}
		taken[name] = true
		c.size += len(name)
		value := c.at(place(name), value)
		object = append(object, pyjson.Member{Name: name, Value: value})
	}
	return object
}

// key makes a name of a key as json.dumps does, if the rules allow it.
func (c *converter) key(key any) (name string, ok bool) {
	switch k := key.(type) {
	case pickle.SafeString:
		c.ruled("django.utils.safestring."+k.Name, SafeText, func(string) any { return nil })
		return k.Text, true
	case nil:
		name = "null"
	case bool:
		name = strconv.FormatBool(k)
	case int64, float64, *big.Int:
		text, err := pyjson.Append(nil, k)
		if err != nil {
			c.obstacle("a key of a dict", "")
			return "", false
		}
		name = string(text)
	default:
		c.obstacle("a dict with a "+typeOf(key)+" for a key", "")
		return "", false
	}
	c.ruled("a dict with keys that are no str", Keys, func(string) any { return nil })
	return name, true
}

// place shows a name in a path if it looks like one that a program chose.
func place(name string) string {
	if len(name) > 40 || strings.ContainsFunc(name, func(r rune) bool {
		return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) {
		return ".*"
	}
	return "." + name
}

func (c *converter) bytes(python string, b []byte) any {
	c.size += 2 * len(b)
	return c.ruled(python, Bytes, func(way string) any {
		if way == "base64" {
			return base64.StdEncoding.EncodeToString(b)
		}
		if !utf8.Valid(b) {
			c.obstacle(python+" that are no UTF-8", string(Bytes)+"=base64")
			return nil
		}
		return string(b)
	})
}

func (c *converter) decimal(d pickle.Decimal, way string) any {
	if way == "str" {
		return string(d)
	}
	f, err := strconv.ParseFloat(string(d), 64)
	if err != nil {
		c.obstacle("decimal.Decimal that is no float", string(Decimal)+"=str")
		return nil
	}
	return f
}

// datetime is Python's isoformat(), or its timestamp().
func (c *converter) datetime(d pickle.DateTime, way string) any {
	zone, known := d.Location()
	if d.Aware() && !known {
		c.obstacle("datetime.datetime in a zone that is not known", "")
		return nil
	}
	if !d.Aware() && way == "timestamp" {
		c.obstacle("datetime.datetime without a zone", string(Datetime)+"=iso")
		return nil
	}
	if zone == nil {
		zone = time.UTC
	}
	t := d.Time(zone)
	if way == "timestamp" {
		return float64(t.Unix()) + float64(t.Nanosecond()/1000)/1e6
	}
	layout := "2006-01-02T15:04:05"
	if d.Microsecond != 0 {
		layout += ".000000"
	}
	return t.Format(layout + c.offset(t, d.Aware()))
}

func (c *converter) timeOfDay(v pickle.Time) any {
	text := fmt.Sprintf("%02d:%02d:%02d", v.Hour, v.Minute, v.Second)
	if v.Microsecond != 0 {
		text += fmt.Sprintf(".%06d", v.Microsecond)
	}
	if v.TZ != nil {
		zone, fixed := v.TZ.(pickle.TimeZone)
		if !fixed {
			c.obstacle("datetime.time in a zone that is no fixed offset", "")
			return nil
		}
		t := time.Unix(0, 0).In(time.FixedZone("", int(zone.Offset/time.Second)))
		text += t.Format(c.offset(t, true))
	}
	return text
}

// offset is the layout of an offset from UTC: with seconds only where there are
// some, as in the times before there were zones.
func (c *converter) offset(t time.Time, aware bool) string {
	_, seconds := t.Zone()
	switch {
	case !aware:
		return ""
	case seconds%60 != 0:
		return "-07:00:00"
	}
	return "-07:00"
}
