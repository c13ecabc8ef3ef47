package pickle

import (
	"math/big"
	"net/netip"
	"strings"
	"time"
)

// other writes values of the less common types.
func (e *encoder) other(v any) error {
	r := refOf(v)
	if r.at == nil && isNil(v) {
		e.op(opNone)
		return nil
	}
	switch v := v.(type) {
	case Bytes:
		if v == "" {
			return e.bytes("", ref{kind: bytesKind})
		}
		t := textRef(string(v))
		t.kind = bytesKind
		return e.bytes(string(v), t)
	case []byte:
		return e.freshBytes(v)
	case int:
		e.int(int64(v))
	case *big.Int:
		return e.bigInt(v)
	case complex128:
		return e.reduce(r, Class{"builtins", "complex"}, real(v), imag(v))
	case *Object:
		return e.object(v)
	case Class:
		return e.class(v)
	case *Set:
		return e.set(v)
	case *FrozenSet:
		return e.frozenSet(v)
	case *ByteArray:
		return e.byteArray(v.Data, r)
	case *OrderedDict:
		return e.collection(r, &v.Dict, v.State, Class{"collections", "OrderedDict"})
	case *DefaultDict:
		if v.Factory == nil {
			return e.collection(r, &v.Dict, nil, Class{"collections", "defaultdict"})
		}
		return e.collection(r, &v.Dict, nil, Class{"collections", "defaultdict"}, v.Factory)
	case *Counter:
		return e.reduce(r, Class{"collections", "Counter"}, &Dict{items: v.items})
	case *Deque:
		return e.deque(r, v)
	case Range:
		return e.reduce(r, Class{"builtins", "range"}, v.Start, v.Stop, v.Step)
	case Slice:
		return e.reduce(r, Class{"builtins", "slice"}, v.Start, v.Stop, v.Step)
	case Decimal:
		return e.decimal(r, v)
	case *big.Rat:
		return e.reduce(r, Class{"fractions", "Fraction"}, v.RatString())
	case UUID:
		return e.uuid(r, v)
	case SafeString:
		return e.construct1(r, v.class(), FormNew, v.Text)
	case *LazyString:
		args := append(Tuple{v.Func, v.Args, v.Kwargs}, v.Types...)
		return e.reduce(r, Class{"django.utils.functional", "_lazy_proxy_unpickle"}, args...)
	case *Message:
		return e.message(r, v)
	case netip.Addr:
		return e.address(r, v)
	case netip.Prefix:
		return e.reduce(r, addressClass(v.Addr(), "Network"), v.String())
	case IPInterface:
		return e.reduce(r, addressClass(v.Addr(), "Interface"), v.String())
	case Path:
		return e.path(r, v)
	case *Buffer:
		return e.buffer(r, v)
	case PersistentID:
		return e.persistent(v.ID)
	case DateTime, Date, Time, TimeDelta, TimeZone, ZoneInfo, PytzZone, PytzOffset, time.Time, time.Duration:
		return e.temporal(r, v)
	default:
		return e.goValue(v)
	}
	return nil
}

// collection writes an instance that is made from args, then given items and
// perhaps a state.
func (e *encoder) collection(r ref, d *Dict, state any, c Class, args ...any) error {
	if e.recall(r) {
		return nil
	}
	if err := e.reduce(r, c, args...); err != nil {
		return err
	}
	if err := e.setItems(d.items); err != nil {
		return err
	}
	if state == nil {
		return nil
	}
	return e.state(state)
}

func (e *encoder) deque(r ref, q *Deque) error {
	if e.recall(r) {
		return nil
	}
	args := []any{}
	if q.Bounded {
		args = append(args, Tuple{}, q.MaxLen)
	}
	if err := e.reduce(r, Class{"collections", "deque"}, args...); err != nil {
		return err
	}
	if err := e.appendItems(q.Items); err != nil || q.State == nil {
		return err
	}
	return e.state(q.State)
}

// construct1 writes an instance made of one argument.
func (e *encoder) construct1(r ref, c Class, form Form, arg any) error {
	if e.recall(r) {
		return nil
	}
	if err := e.construct(&Object{Class: c, Form: form, Args: Tuple{arg}}); err != nil {
		return err
	}
	e.made(r)
	return nil
}

// instance writes an instance made without arguments, then given its
// attributes.
func (e *encoder) instance(r ref, c Class, attrs ...Item) error {
	if e.recall(r) {
		return nil
	}
	if err := e.construct(&Object{Class: c, Form: FormNew}); err != nil {
		return err
	}
	e.remember(r)
	return e.state(&Dict{items: attrs})
}

func (e *encoder) decimal(r ref, v Decimal) error {
	if !v.valid() {
		return &TypeError{Reason: "a Decimal that is not a number"}
	}
	return e.reduce(r, Class{"decimal", "Decimal"}, string(v))
}

func (e *encoder) uuid(r ref, v UUID) error {
	return e.instance(r, Class{"uuid", "UUID"}, Item{"int", new(big.Int).SetBytes(v[:])})
}

func (e *encoder) message(r ref, m *Message) error {
	return e.instance(r, Class{"django.contrib.messages.storage.base", "Message"},
		Item{"level", m.Level}, Item{"message", m.Text}, Item{"extra_tags", m.ExtraTags})
}

func addressClass(a netip.Addr, kind string) Class {
	if a.Is4() {
		return Class{"ipaddress", "IPv4" + kind}
	}
	return Class{"ipaddress", "IPv6" + kind}
}

func (e *encoder) address(r ref, a netip.Addr) error {
	if !a.IsValid() {
		return &TypeError{Reason: "an invalid IP address"}
	}
	var arg any = new(big.Int).SetBytes(a.AsSlice())
	if a.Zone() != "" {
		arg = a.String()
	}
	return e.reduce(r, addressClass(a, "Address"), arg)
}

func (e *encoder) path(r ref, p Path) error {
	if !isPathClass(p.Flavor) {
		return &TypeError{Reason: "a Path whose Flavor is none of pathlib's classes"}
	}
	if p.Name == "" {
		return e.reduce(r, Class{"pathlib", p.Flavor})
	}
	return e.reduce(r, Class{"pathlib", p.Flavor}, p.Name)
}

func (e *encoder) buffer(r ref, b *Buffer) error {
	if e.recall(r) {
		return nil
	}
	if e.protocol >= 5 && e.opts.BufferCallback != nil && e.opts.BufferCallback(b) {
		e.op(opNextBuffer)
		if b.ReadOnly {
			e.op(opReadonlyBuffer)
		}
		return nil
	}
	if b.ReadOnly {
		return e.bytes(string(b.Data), r)
	}
	return e.byteArray(b.Data, r)
}

// persistent writes a persistent id.
func (e *encoder) persistent(id any) error {
	if e.binary() {
		err := e.value(id)
		e.op(opBinPersID)
		return err
	}
	text, ok := id.(string)
	if !ok || !isASCII(text) || strings.ContainsRune(text, '\n') {
		return &TypeError{Reason: "a persistent id that protocol 0 cannot write: it must be a line of ASCII"}
	}
	e.line(opPersID, text)
	return nil
}
