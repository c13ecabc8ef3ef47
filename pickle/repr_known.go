package pickle

import (
	"fmt"
	"math/big"
	"net/netip"
	"strconv"
	"strings"
)

// known writes instances of classes; false if v is none.
func (r *reprer) known(v any) bool {
	switch v := v.(type) {
	case Class:
		r.str("<class '" + v.String() + "'>")
	case *ByteArray:
		r.str(reprByteArray(string(v.Data)))
	case Range:
		if v.Step == 1 {
			r.call("range", v.Start, v.Stop)
		} else {
			r.call("range", v.Start, v.Stop, v.Step)
		}
	case Slice:
		r.call("slice", v.Start, v.Stop, v.Step)
	case Decimal:
		r.call("Decimal", string(v))
	case *big.Rat:
		r.call("Fraction", v.Num(), v.Denom())
	case UUID:
		r.call("UUID", v.String())
	case SafeString:
		r.value(v.Text)
	case *Message:
		r.call("Message", v.Level, v.Text, v.ExtraTags)
	case *LazyString:
		r.str("<lazy ")
		r.value(v.Func)
		r.str(" ")
		r.tuple(v.Args)
		r.str(">")
	case netip.Addr:
		r.call(addressClass(v, "Address").Name, v.String())
	case netip.Prefix:
		r.call(addressClass(v.Addr(), "Network").Name, v.String())
	case IPInterface:
		r.call(addressClass(v.Addr(), "Interface").Name, v.String())
	case Path:
		name := v.Name
		if name == "" {
			name = "."
		}
		r.call(v.Flavor, strings.ReplaceAll(name, `\`, "/"))
	case *Object:
		r.object(v)
	default:
		return r.temporal(v)
	}
	return true
}

// temporal writes dates, times and zones; false if v is none.
func (r *reprer) temporal(v any) bool {
	switch v := v.(type) {
	case Date:
		r.str(fmt.Sprintf("datetime.date(%d, %d, %d)", v.Year, v.Month, v.Day))
	case DateTime:
		r.str(fmt.Sprintf("datetime.datetime(%d, %d, %d, %d, %d", v.Year, v.Month, v.Day, v.Hour, v.Minute))
		r.clock(v.Second, v.Microsecond, v.Fold, v.TZ)
	case Time:
		r.str(fmt.Sprintf("datetime.time(%d, %d", v.Hour, v.Minute))
		r.clock(v.Second, v.Microsecond, v.Fold, v.TZ)
	case TimeDelta:
		r.timeDelta(v)
	case TimeZone:
		switch {
		case v == TimeZone{}:
			r.str("datetime.timezone.utc")
		case v.Name == "":
			r.call("datetime.timezone", TimeDeltaOf(v.Offset))
		default:
			r.call("datetime.timezone", TimeDeltaOf(v.Offset), v.Name)
		}
	case ZoneInfo:
		r.str("zoneinfo.ZoneInfo(key=")
		r.value(v.Key)
		r.str(")")
	case PytzZone:
		if v.Zone == "UTC" && !v.Localized {
			r.str("<UTC>")
			break
		}
		r.call("pytz.timezone", v.Zone)
	case PytzOffset:
		r.call("pytz.FixedOffset", int64(v.Minutes))
	default:
		return false
	}
	return true
}

// clock writes the end of a date and time. Python leaves out parts that are
// zero.
func (r *reprer) clock(second, microsecond int, fold bool, zone any) {
	if second != 0 || microsecond != 0 {
		r.str(", " + strconv.Itoa(second))
	}
	if microsecond != 0 {
		r.str(", " + strconv.Itoa(microsecond))
	}
	if fold {
		r.str(", fold=1")
	}
	if zone != nil {
		r.str(", tzinfo=")
		r.value(zone)
	}
	r.str(")")
}

func (r *reprer) timeDelta(v TimeDelta) {
	var parts []string
	for _, p := range []struct {
		name string
		n    int
	}{{"days", v.Days}, {"seconds", v.Seconds}, {"microseconds", v.Microseconds}} {
		if p.n != 0 {
			parts = append(parts, p.name+"="+strconv.Itoa(p.n))
		}
	}
	if parts == nil {
		parts = []string{"0"}
	}
	r.str("datetime.timedelta(" + strings.Join(parts, ", ") + ")")
}

// object writes the call that makes an object, then what it is given: list
// items, dict items, state.
func (r *reprer) object(o *Object) {
	switch {
	case o.Callable != nil:
		r.value(o.Callable)
	default:
		r.str(o.Class.String())
	}
	r.items("(", o.Args, "")
	if o.Kwargs != nil {
		r.str(", **")
		r.dict(o.Kwargs)
	}
	r.str(")")
	if o.ListItems != nil {
		r.items("[", o.ListItems, "]")
	}
	if o.DictItems != nil {
		r.str("{")
		r.pairs(o.DictItems)
		r.str("}")
	}
	if o.HasState {
		r.str("<")
		r.value(o.State)
		r.str(">")
	}
}
