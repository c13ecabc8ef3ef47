"""Answers the tests of package pickle as CPython does. Runs on Python 2.7 and 3.x.

Requests and replies on stdin and stdout are one letter, a length in four bytes (big-endian), and that many bytes.
"""
from __future__ import print_function

import collections
import datetime
import decimal
import fractions
import functools
import io
import math
import pickle
import random
import signal
import struct
import sys
import timeit
import types
import uuid

PY2 = sys.version_info[0] == 2
if PY2:
    import cPickle as fast_pickle
    text_type, int_types, unichr_ = unicode, (int, long), unichr
else:
    fast_pickle = pickle
    text_type, int_types, unichr_, xrange = str, (int,), chr, range

try:
    import enum
except ImportError:
    enum = None
try:
    import ipaddress
    import pathlib
except ImportError:
    ipaddress = pathlib = None
try:
    import zoneinfo
    ZONES = [zoneinfo.ZoneInfo(k) for k in ("Europe/Paris", "UTC", "America/New_York")]
except Exception:
    ZONES = []


# Classes of every form that pickle knows.

class Plain(object):
    pass


class Slots(object):
    __slots__ = ("a", "b")


class SlotsAndDict(Slots):
    pass


class OwnState(object):
    def __getstate__(self):
        return ("state", self.value)

    def __setstate__(self, state):
        assert state[0] == "state"
        self.value = state[1]


class Reduced(object):
    """Made of arguments, then given list items, dict items and a state."""

    def __init__(self, *args):
        self.args, self.items, self.pairs = args, [], []

    def append(self, item):
        self.items.append(item)

    def extend(self, items):
        self.items.extend(items)

    def __setitem__(self, key, value):
        self.pairs.append((key, value))

    def __setstate__(self, state):
        self.state = state

    def __reduce__(self):
        state = getattr(self, "state", None)
        return (Reduced, self.args, state, iter(self.items), iter(self.pairs))


def set_state(obj, state):
    obj.given = state


class WithSetter(object):
    def __reduce_ex__(self, protocol):
        return (WithSetter, (), getattr(self, "given", None), None, None, set_state)


class KeywordNew(object):
    def __new__(cls, *args, **kwargs):
        self = object.__new__(cls)
        self.new_args, self.new_kwargs = args, kwargs
        return self

    def __getnewargs_ex__(self):
        return self.new_args, self.new_kwargs


class ListSub(list):
    pass


class DictSub(dict):
    pass


class TupleSub(tuple):
    pass


class SetSub(set):
    pass


class FrozenSub(frozenset):
    pass


class DequeSub(collections.deque):
    pass


class OrderedSub(collections.OrderedDict):
    pass


class IntSub(int):
    pass


class StrSub(text_type):
    pass


class BytesSub(bytes):
    pass


class FloatSub(float):
    pass


class Outer(object):
    class Inner(object):
        pass


Point = collections.namedtuple("Point", "x y")

if PY2:
    exec("class Classic:\n    pass\n")
    exec("class ClassicArgs:\n    def __init__(self, *a):\n        self.a = a\n    def __getinitargs__(self):\n        return self.a\n")

if enum:
    class Color(enum.Enum):
        RED = 1
        BLUE = "b"

    class Level(enum.IntEnum):
        LOW = 1
        HIGH = 2


def stub(name, **names):
    """Makes a module that stands in for one of Django's, or pytz."""
    parts = name.split(".")
    for i in range(1, len(parts) + 1):
        sys.modules.setdefault(".".join(parts[:i]), types.ModuleType(".".join(parts[:i])))
    for attr, value in names.items():
        value.__module__ = name
        value.__name__ = attr
        if not PY2:
            value.__qualname__ = attr
        setattr(sys.modules[name], attr, value)


class SafeString(text_type):
    __slots__ = ()


class SafeText(text_type):
    pass


class Message(object):
    def __init__(self, level, message, extra_tags=None):
        self.level, self.message, self.extra_tags = level, message, extra_tags


class Lazy(object):
    def __init__(self, func, args, kwargs, *types):
        self.made = (func, args, kwargs) + types

    def __reduce__(self):
        return (unpickle_lazy, self.made)


def unpickle_lazy(func, args, kwargs, *types):
    return Lazy(func, args, kwargs, *types)


class PytzZone(datetime.tzinfo):
    def __init__(self, func, *args):
        self.func, self.args = func, args

    def utcoffset(self, dt):
        return datetime.timedelta(0)

    def dst(self, dt):
        return None

    def tzname(self, dt):
        return None

    def __reduce__(self):
        return self.func, self.args

    def __eq__(self, other):
        return type(other) is PytzZone and (self.func, self.args) == (other.func, other.args)

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash(self.args)


def pytz_p(*args):
    return PytzZone(pytz_p, *args)


def pytz_utc():
    return PytzZone(pytz_utc)


def pytz_offset(minutes):
    return PytzZone(pytz_offset, minutes)


stub("django.utils.safestring", SafeString=SafeString, SafeText=SafeText)
stub("django.contrib.messages.storage.base", Message=Message)
stub("django.utils.functional", _lazy_proxy_unpickle=unpickle_lazy)
stub("pytz", _p=pytz_p, _UTC=pytz_utc, FixedOffset=pytz_offset)


class Generator(object):
    """Makes random values with shared and recursive references in them."""

    def __init__(self, seed, plain):
        self.r = random.Random(seed)
        self.plain = plain  # whether to make builtin types only, whose repr is the same everywhere
        self.made = []
        self.budget = self.r.choice((1, 5, 20, 60))

    def text(self):
        r = self.r
        kind = r.randrange(8)
        n = r.choice((0, 1, 3, 8, 30))
        if kind < 4:
            s = u"".join(unichr_(r.randrange(32, 127)) for _ in range(n))
        elif kind == 4:
            # Of what lies beyond, some Pythons do not know yet whether it can be printed.
            s = u"".join(unichr_(r.randrange(0, 0x530 if self.plain else 0x2000)) for _ in range(n))
        elif kind == 5:
            s = u"".join(r.choice((u"\U0001f600", u"\u20ac", u"\\", u"\n", u"\r", u"\x00", u"\x1a", u"'", u'"', u"\x7f", u"\xe9")) for _ in range(n))
        elif kind == 6 and not PY2:
            s = u"".join(unichr_(r.choice((0xd800, 0xdfff, 0xdc80, 0x61))) for _ in range(n))
        else:
            s = u"x" * r.choice((255, 256, 300))
        return s

    def blob(self):
        n = self.r.choice((0, 1, 4, 40, 255, 256))
        return bytes(bytearray(self.r.randrange(256) for _ in range(n)))

    def integer(self):
        r = self.r
        kind = r.randrange(5)
        if kind == 0:
            return r.randrange(-3, 300)
        if kind == 1:
            return r.choice((-1, 1)) * (1 << r.choice((7, 8, 15, 16, 31, 32, 63, 64, 127, 2039, 2048))) + r.randrange(-2, 3)
        if kind == 2:
            return r.randrange(-2 ** 31, 2 ** 31)
        if kind == 3:
            return r.randrange(-2 ** 70, 2 ** 70)
        return r.randrange(10)

    def real(self):
        r = self.r
        return r.choice((0.0, -0.0, 1.0, 1.5, 1e16, 1e-5, 5e-324, 1.7976931348623157e308, float("inf"), -float("inf"),
                         r.random(), r.uniform(-1e6, 1e6), float(r.randrange(-10 ** 18, 10 ** 18))))

    def zone(self):
        r = self.r
        zones = [None, pytz_utc(), pytz_p("Europe/Paris"), pytz_p("Europe/Paris", 7200, 3600, "CEST"), pytz_offset(-90)]
        if not PY2:
            zones += [datetime.timezone.utc, datetime.timezone(datetime.timedelta(minutes=r.randrange(-1439, 1440))),
                      datetime.timezone(datetime.timedelta(hours=2), "two")]
        return r.choice(zones + ZONES)

    def moment(self):
        r = self.r
        kind = r.randrange(5)
        args = (r.randrange(24), r.randrange(60), r.randrange(60), r.choice((0, r.randrange(10 ** 6))), self.zone())
        day = (r.randrange(1, 10000), r.randrange(1, 13), r.randrange(1, 29))
        if kind == 0:
            return datetime.date(*day)
        if kind == 1:
            return datetime.time(*args)
        if kind == 2:
            return datetime.timedelta(r.randrange(-10 ** 6, 10 ** 6), r.randrange(86400), r.randrange(10 ** 6))
        made = datetime.datetime(*(day + args))
        if sys.version_info >= (3, 6) and r.randrange(4) == 0:
            made = made.replace(fold=1)
        return made

    def scalar(self):
        r = self.r
        kind = r.randrange(12)
        if kind == 0:
            return r.choice((None, True, False))
        if kind < 4:
            return self.text()
        if kind < 6:
            return self.integer()
        if kind == 6:
            return self.real()
        if kind == 7:
            return self.blob()
        if kind == 8:
            return complex(self.real(), self.real())
        if self.plain:
            return self.text()
        if kind == 9:
            return self.moment()
        if kind == 10:
            return self.number()
        return self.odd()

    def number(self):
        r = self.r
        kind = r.randrange(3)
        if kind == 0:
            return decimal.Decimal(r.choice(("1.10", "0", "-0", "1E+3", "123456789.123456789", "Infinity", "-1E-7", "9" * 40)))
        if kind == 1:
            return fractions.Fraction(r.randrange(-10 ** 9, 10 ** 9), r.randrange(1, 10 ** 9))
        return uuid.UUID(int=r.getrandbits(128))

    def odd(self):
        r = self.r
        choices = [lambda: xrange(r.randrange(-5, 5), r.randrange(10), r.choice((1, 2, -3))),
                   lambda: slice(r.randrange(5), None, self.integer()),
                   lambda: r.choice((len, dict, Plain, collections.OrderedDict, ValueError, datetime.datetime)),
                   lambda: SafeText(self.text()), lambda: SafeString(self.text()),
                   lambda: Message(20, r.choice((SafeString(u"m"), self.text())), r.choice((None, u"", u"tag"))),
                   lambda: Lazy(len, (self.text(),), {}, text_type),
                   lambda: Point(self.integer(), self.text()),
                   lambda: IntSub(5), lambda: StrSub(u"sub"), lambda: ValueError(self.text(), 1),
                   lambda: BytesSub(b"sub\xe9"), lambda: FloatSub(2.5), lambda: NotImplemented if sys.version_info >= (3, 4) else None]
        if enum:
            choices += [lambda: r.choice(list(Color)), lambda: r.choice(list(Level))]
        if sys.version_info >= (3, 4):
            choices += [lambda: Outer.Inner, lambda: Ellipsis, lambda: type(None)]
        if ipaddress:
            choices += [lambda: ipaddress.ip_address(r.getrandbits(32)), lambda: ipaddress.IPv6Address(r.getrandbits(128)),
                        lambda: ipaddress.ip_network((r.getrandbits(32) & 0xffffff00, 24)), lambda: ipaddress.ip_interface(u"10.1.2.3/8"),
                        lambda: ipaddress.ip_network(u"2001:db8::/32"),
                        lambda: pathlib.PurePosixPath(r.choice((u".", u"/", u"/usr/lib", u"a/b", u"//x/y"))),
                        lambda: pathlib.PureWindowsPath(r.choice((u"C:\\a\\b", u"C:a", u"\\\\host\\share\\x", u"a\\b", u"\\a")))]
        return r.choice(choices)()

    def key(self, depth=0):
        r = self.r
        kind = r.randrange(8 if self.plain else 9)
        if kind < 4:
            return self.text()
        if kind == 8:
            return r.choice((self.moment, self.number, lambda: r.choice(list(Color) if enum else [StrSub(u"k")]),
                             lambda: Point(self.integer(), u"k"), lambda: SafeText(self.text()), lambda: FrozenSub((1, self.text()))))()
        if kind == 4:
            return self.integer()
        if kind == 5:
            return r.choice((None, True, 1.0, 2.5, self.blob()))
        if kind == 6 and depth < 3:
            return tuple(self.key(depth + 1) for _ in range(r.randrange(4)))
        if kind == 7 and depth < 3:
            return frozenset(self.key(depth + 1) for _ in range(r.randrange(4)))
        return self.integer()

    def value(self, depth=0):
        r = self.r
        self.budget -= 1
        if self.made and r.randrange(6) == 0:
            return r.choice(self.made)  # shared, perhaps recursive
        if self.budget < 0 or depth > 8 or r.randrange(3) == 0:
            made = self.scalar()
            self.made.append(made)
            return made
        n = r.choice((0, 1, 2, 3, 5, 12))
        kind = r.randrange(8 if self.plain else 29)
        if kind < 2:
            return self.fill_list([], n, depth)
        if kind < 4:
            return self.fill_dict({}, n, depth)
        if kind == 4:
            made = tuple(self.value(depth + 1) for _ in range(n))
            self.made.append(made)
            return made
        if kind == 5:
            made = set(self.key() for _ in range(min(n, 3) if self.plain else n))
        elif kind == 6:
            made = frozenset(self.key() for _ in range(n))
        elif kind == 7:
            made = bytearray(self.blob())
        elif kind == 8:
            return self.fill_dict(collections.OrderedDict(), n, depth)
        elif kind == 9:
            return self.fill_dict(collections.defaultdict(r.choice((None, list, Plain))), n, depth)
        elif kind == 10:
            made = collections.Counter(dict((self.key(), r.randrange(5)) for _ in range(n)))
        elif kind == 11:
            return self.fill_list(collections.deque(maxlen=r.choice((None, 3, 20))), n, depth)
        elif kind == 12:
            made = Plain()
            self.made.append(made)
            for i in range(n):
                setattr(made, "a%d" % i, self.value(depth + 1))
            return made
        elif kind == 13 and not PY2:
            made = r.choice((Slots, SlotsAndDict))()
            self.made.append(made)
            made.a = self.value(depth + 1)
            if type(made) is SlotsAndDict:
                made.extra = self.value(depth + 1)
            return made
        elif kind == 14:
            made = OwnState()
            self.made.append(made)
            made.value = self.value(depth + 1)
            return made
        elif kind == 15:
            made = Reduced(*[self.value(depth + 1) for _ in range(r.randrange(4))])
            self.made.append(made)
            for _ in range(r.randrange(4)):
                made.items.append(self.value(depth + 1))
            for _ in range(r.randrange(4)):
                made.pairs.append((self.key(), self.value(depth + 1)))
            if r.randrange(2):
                made.state = self.value(depth + 1)
            return made
        elif kind == 16 and sys.version_info >= (3, 8):
            made = WithSetter()
            self.made.append(made)
            made.given = self.value(depth + 1)
            if made.given is None:
                made.given = 1
            return made
        elif kind == 17 and not PY2:
            made = KeywordNew(self.value(depth + 1), key=self.value(depth + 1))
        elif kind == 18:
            return self.fill_list(ListSub(), n, depth)
        elif kind == 19:
            return self.fill_dict(DictSub(), n, depth)
        elif kind == 20 and not PY2:
            made = functools.partial(Reduced, self.value(depth + 1))
        elif kind == 21 and PY2:
            made = Classic()
            self.made.append(made)
            made.x = self.value(depth + 1)
            return made
        elif kind == 22 and PY2:
            made = ClassicArgs(self.integer(), self.text())
        elif kind == 23:
            return self.fill_set(SetSub(), n, depth)
        elif kind == 24:
            return self.fill_set(set(), n, depth)
        elif kind == 25:
            made = self.fill_list(DequeSub(), n, depth)
            made.extra = self.value(depth + 1)
            return made
        elif kind == 26:
            made = self.fill_dict(OrderedSub(), n, depth)
            made.extra = self.value(depth + 1)
            return made
        elif kind == 27 and not PY2:
            made = ValueError(self.text())
            self.made.append(made)
            made.extra = self.value(depth + 1)
            return made
        else:
            made = TupleSub((self.value(depth + 1), self.integer()))
        self.made.append(made)
        return made

    def fill_list(self, made, n, depth):
        self.made.append(made)
        for _ in range(n):
            made.append(self.value(depth + 1))
        return made

    def fill_set(self, made, n, depth):
        """Fills a set with objects that may refer to it."""
        self.made.append(made)
        for _ in range(n):
            made.add(self.key())
        if self.r.randrange(2):
            member = Plain()
            made.add(member)
            member.within = self.value(depth + 1)
        return made

    def fill_dict(self, made, n, depth):
        self.made.append(made)
        for _ in range(n):
            made[self.key()] = self.value(depth + 1)
        return made


class Different(Exception):
    pass


class Comparer(object):
    """Compares two graphs, and whether what is one object in the first is one in the second."""

    def __init__(self):
        self.there, self.back, self.alive = {}, {}, []

    def same(self, a, b, path="v"):
        if PY2:
            a, b = self.modern(a), self.modern(b)
        if type(a) is not type(b):
            raise Different("%s: %s became %s" % (path, type(a), type(b)))
        if a is None or isinstance(a, (bool, type, types.FunctionType, types.BuiltinFunctionType)) or a is Ellipsis or a is NotImplemented:
            return self.check(a is b, path, a, b)
        if type(a) in (float, complex):
            return self.check(repr(a) == repr(b), path, a, b)
        if type(a) in int_types or type(a) in (text_type, bytes) or enum and isinstance(a, enum.Enum):
            return self.check(a == b, path, a, b)
        if self.met(a, b, path):
            return
        kind = type(a)
        if isinstance(a, (list, tuple, collections.deque)):
            self.check(len(a) == len(b), path, a, b)
            for i, (x, y) in enumerate(zip(a, b)):
                self.same(x, y, "%s[%d]" % (path, i))
            if kind is collections.deque:
                self.check(a.maxlen == b.maxlen, path, a, b)
        elif isinstance(a, dict):
            self.check(len(a) == len(b), path, a, b)
            if kind is collections.defaultdict:
                self.check(a.default_factory is b.default_factory, path, a, b)
            if sys.version_info >= (3, 7) or kind is collections.OrderedDict:
                pairs = zip(a, b)
            else:
                ours = dict((k, k) for k in b)
                self.check(all(k in ours for k in a), path, a, b)
                pairs = [(k, ours[k]) for k in a]
            for k, l in list(pairs):
                self.check(k == l, path, k, l)
                self.same(a[k], b[l], "%s[%r]" % (path, k))
        elif isinstance(a, (set, frozenset)):
            plain = [[x for x in s if type(x) is Plain] for s in (a, b)]  # at most one, and equal to nothing but itself
            self.check(set(a) - set(plain[0]) == set(b) - set(plain[1]), path, a, b)
            self.same(plain[0], plain[1], path + ".plain")
        elif isinstance(a, bytearray):
            self.check(a == b, path, a, b)
        elif isinstance(a, (datetime.datetime, datetime.time)):
            self.check(a.replace(tzinfo=None) == b.replace(tzinfo=None), path, a, b)
            self.same(a.tzinfo, b.tzinfo, path + ".tzinfo")
        elif isinstance(a, functools.partial):
            self.same((a.func, a.args, a.keywords), (b.func, b.args, b.keywords), path)
        elif isinstance(a, slice):
            self.same((a.start, a.stop, a.step), (b.start, b.stop, b.step), path)
        elif isinstance(a, decimal.Decimal):
            self.check(str(a) == str(b), path, a, b)
        elif kind is xrange:
            self.check(list(a) == list(b), path, a, b)
        elif isinstance(a, BaseException):
            self.same(a.args, b.args, path)
        elif kind.__eq__ is not object.__eq__ and not PY2 or kind in (PytzZone, uuid.UUID, datetime.date, datetime.timedelta, fractions.Fraction, IntSub, StrSub, BytesSub, FloatSub, SafeText, SafeString):
            self.check(a == b, path, a, b)
        self.attributes(a, b, path)

    def modern(self, v):
        """Python 2's ASCII str comes back as unicode, and long as int where it fits; they are equal."""
        if type(v) is str:
            try:
                return v.decode("ascii")
            except UnicodeDecodeError:
                return v
        return int(v) if type(v) is long else v

    def attributes(self, a, b, path):
        names = set(getattr(a, "__dict__", ())) | set(n for c in type(a).__mro__ for n in getattr(c, "__slots__", ()) if type(a).__module__ == "__main__") \
            if hasattr(type(a), "__mro__") else set(a.__dict__)
        if type(a).__module__ not in ("__main__", "instance", "__builtin__") and not isinstance(a, BaseException) and not type(a).__module__.startswith("django"):
            return
        for name in sorted(names):
            self.check(hasattr(a, name) == hasattr(b, name), path + "." + name, a, b)
            if hasattr(a, name):
                self.same(getattr(a, name), getattr(b, name), path + "." + name)

    def met(self, a, b, path):
        """Whether a was compared before; then it must have been with this very b."""
        self.alive += [a, b]
        if id(a) in self.there:
            if self.there[id(a)] != id(b) and type(a) not in (xrange, slice):
                raise Different("%s: no longer the shared %s" % (path, type(a)))
            return True
        if id(b) in self.back and isinstance(a, (list, dict, set, bytearray, Plain)):
            raise Different("%s: two %s became one" % (path, type(a)))
        if a == () or isinstance(a, frozenset) and not a:
            return False
        self.there[id(a)], self.back[id(b)] = id(b), id(a)
        return False

    def check(self, ok, path, a, b):
        if not ok:
            raise Different("%s: %.200r became %.200r" % (path, a, b))


class Refused(Exception):
    pass


refusing = False  # whether pickles may load no class


def refuse(event, args):
    if refusing and event == "pickle.find_class":
        raise Refused()


def dumps(value, protocol):
    try:
        return fast_pickle.dumps(value, protocol)
    except TypeError:  # slots and the like need protocol 2
        return fast_pickle.dumps(value, max(2, protocol))


class Server(object):
    def __init__(self):
        self.value = self.pickled = None

    def generate(self, data):
        """A random value's pickle: seed, protocol, whether plain."""
        seed, protocol, plain = struct.unpack(">QBB", data)
        self.value = Generator(seed, plain).value()
        self.pickled = dumps(self.value, protocol)
        return self.pickled

    def compare(self, data):
        """Whether a pickle is equal to the value generated last, or to what Python itself makes of that one's pickle."""
        value = pickle.loads(data)
        try:
            comparer = Comparer()
            comparer.same(self.value, value)
        except Different:
            comparer = Comparer()
            comparer.same(pickle.loads(self.pickled), value)
        return ("%d" % (len(comparer.alive) // 2)).encode()

    def rewrite(self, data):
        """Loads a pickle and dumps it at the protocol in the first byte."""
        return dumps(pickle.loads(data[1:]), bytearray(data)[0])

    def accepts(self, data):
        """Loads what runs no code."""
        global refusing
        refusing = True
        signal.alarm(1)  # which ends us: C code does not look at signals
        try:
            pickle.loads(data)
        finally:
            refusing = False
            signal.alarm(0)
        return b""

    def repr(self, data):
        return repr(self.value).encode("utf-8", "backslashreplace")

    def dis(self, data):
        import pickletools
        out = io.StringIO()
        error = ""
        try:
            pickletools.dis(data, out)
        except Exception as e:
            error = "\0" + type(e).__name__
        return (out.getvalue() + error).encode("utf-8", "surrogatepass")

    def time(self, data):
        """Nanoseconds that loads and dumps of a pickle take."""
        protocol = 2 if bytearray(data)[1] < 3 else bytearray(data)[1]
        value = fast_pickle.loads(data)
        best = []
        for call in (lambda: fast_pickle.loads(data), lambda: fast_pickle.dumps(value, protocol)):
            n = 1 + int(0.02 / max(min(timeit.repeat(call, number=10, repeat=3)) / 10, 1e-7))
            best.append(min(timeit.repeat(call, number=n, repeat=5)) / n * 1e9)
        return ("%f %f" % tuple(best)).encode()

    def serve(self):
        source, sink = getattr(sys.stdin, "buffer", sys.stdin), getattr(sys.stdout, "buffer", sys.stdout)
        commands = {b"G": self.generate, b"C": self.compare, b"R": self.rewrite, b"A": self.accepts, b"P": self.repr,
                    b"D": self.dis, b"T": self.time}
        while True:
            header = source.read(5)
            if len(header) < 5:
                return
            data = source.read(struct.unpack(">I", header[1:])[0])
            try:
                reply, letter = commands[header[:1]](data), b"+"
            except Exception as e:
                reply, letter = ("%s: %s" % (type(e).__name__, e)).encode("utf-8", "replace"), b"-"
            sink.write(letter + struct.pack(">I", len(reply)) + reply)
            sink.flush()


if __name__ == "__main__":
    sys.setrecursionlimit(3000)
    if hasattr(sys, "addaudithook"):
        sys.addaudithook(refuse)
    try:
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))
    except (ImportError, ValueError):
        pass
    Server().serve()
