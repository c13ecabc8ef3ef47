"""Classes of every form that pickle knows, and what the Pythons from 2.7 on have not in common."""
import collections
import datetime
import pickle
import sys
import types

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
