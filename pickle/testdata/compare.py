"""Whether two graphs of objects are equal."""
import collections
import datetime
import decimal
import fractions
import functools
import sys
import types
import uuid

from kinds import *


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
        names = set(getattr(a, "__dict__", ())) | set(n for c in type(a).__mro__ for n in getattr(c, "__slots__", ()) if type(a).__module__ == "kinds") \
            if hasattr(type(a), "__mro__") else set(a.__dict__)
        if type(a).__module__ not in ("kinds", "instance", "__builtin__") and not isinstance(a, BaseException) and not type(a).__module__.startswith("django"):
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
