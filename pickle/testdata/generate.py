"""Random values with shared and recursive references in them."""
import collections
import datetime
import decimal
import fractions
import functools
import random
import sys
import uuid

from kinds import *


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
