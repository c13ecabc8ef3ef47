"""Writes what this Django makes of sessions, to test another implementation against: `make testdata` runs it inside each Django.

Printed is text: a header of this Django, then a record a case, each of `name: value` lines, ended by an empty line. README.md beside this
file says what the names mean. Time stands at 1700000000.25. Runs on Python 2.7 to 3.14.
"""
from __future__ import print_function, unicode_literals

import base64
import datetime
import decimal
import hashlib
import hmac
import json
import logging
import sys
import time
import uuid
import zlib
from collections import OrderedDict

time.time = lambda: 1700000000.25

import django  # noqa: E402  The clock first.
from django.conf import settings  # noqa: E402

SECRET = "secret key of the vectors: never use it"
OLD_SECRET = "the secret key before that one"
settings.configure(SECRET_KEY=SECRET, USE_TZ=True, INSTALLED_APPS=["django.contrib.sessions"],
                   DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
django.setup()

from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.contrib.sessions.backends.signed_cookies import SessionStore as CookieStore  # noqa: E402
from django.test.utils import override_settings  # noqa: E402
from django.utils import timezone  # noqa: E402

VERSION = django.VERSION[:2]
UTC = datetime.timezone.utc if VERSION >= (4, 0) else timezone.utc
PICKLE = "django.contrib.sessions.serializers.PickleSerializer"


class MyStore(SessionStore):
    pass


class Outer(object):
    class Inner(SessionStore):
        pass


class SaltedStore(SessionStore):
    key_salt = "a salt of its own"


CLASSES = {"MyStore": MyStore, "Outer.Inner": Outer.Inner, "SaltedStore": SaltedStore}

LOGGED_IN = OrderedDict([
    ("_auth_user_id", "1"),
    ("_auth_user_backend", "django.contrib.auth.backends.ModelBackend"),
    ("_auth_user_hash", "5f9a6e1f0d7c4b3a29181706f5e4d3c2b1a09f8e7d6c5b4a39281706f5e4d3c2"),
])


def compression_boundary():
    """The longest text of its sort that is not worth compressing."""
    size = 1
    while not compressible(json.dumps({"x": "abcdefghijklmnop" + "a" * size}, separators=(",", ":")).encode()):
        size += 1
    return "abcdefghijklmnop" + "a" * (size - 1)


def compressible(payload):
    return len(zlib.compress(payload)) < len(payload) - 1


BOUNDARY = compression_boundary()

JSON_CASES = [
    ("empty", {}),
    ("one name", {"foo": "bar"}),
    ("logged in", LOGGED_IN),
    ("logged in, with a cart", OrderedDict(list(LOGGED_IN.items()) + [("cart", [{"sku": "A-1", "quantity": 2, "price": "19.90"}])])),
    ("order of names", OrderedDict([("z", 1), ("a", 2), ("m", 3)])),
    ("integers", {"n": [0, -1, 2 ** 31, 2 ** 53 + 1, 2 ** 63 - 1, 2 ** 63, -2 ** 63 - 1, 10 ** 40]}),
    ("floats", {"f": [1.0, -0.0, 0.1, 100.0, 1e15, 1e16, 1e22, 1e-4, 1e-5, 1e-7, 5e-324, 1.7976931348623157e308, 123456789.123]}),
    ("not numbers", {"f": [float("nan"), float("inf"), float("-inf")]}),
    ("constants", {"c": [None, True, False]}),
    ("short escapes", {"s": "\" \\ / \n \r \t \f \b"}),
    ("control characters", {"s": "\x00\x01\x1f\x7f"}),
    ("not escaped for HTML", {"s": "</script>&'"}),
    ("latin, asian, astral", {"s": "\xe9\xdf \u65e5\u672c \U0001f600 \u2028\u2029\ufeff"}),
    ("lone surrogates", {"s": "\ud800 \udfff \udc00\ud800"}),
    ("names that are not text", OrderedDict([(1, "int"), (1.5, "float"), (None, "none")])),
    ("a name that is True", {True: 1}),
    ("names that collide", OrderedDict([(1, "int"), ("1", "text")])),
    ("names that need escapes", OrderedDict([("", 1), ("\n\"\\", 2), ("\xe9", 3), ("\ud800", 4)])),
    ("nested, with a tuple", {"a": {"b": [{"c": (1, 2, ())}]}}),
    ("just not worth compressing", {"x": BOUNDARY}),
    ("just worth compressing", {"x": BOUNDARY + "a"}),
    ("very compressible", {"x": "spam and eggs, " * 400}),
    ("expires in seconds", {"_session_expiry": 3600}),
    ("expires when the browser closes", {"_session_expiry": 0}),
    ("message, csrf token, test cookie", OrderedDict([("_csrftoken", "0123456789abcdefghijklmnopqrstuv"), ("testcookie", "worked"),
                                                      ("_messages", "[[\"__json_message\",0,25,\"Saved.\",\"\"]]")])),
]

PICKLE_CASES = [
    ("one name", {"foo": "bar"}),
    ("date and time", {"d": datetime.datetime(2026, 1, 2, 3, 4, 5, 678901)}),
    ("date and time in UTC", {"d": datetime.datetime(2026, 1, 2, tzinfo=UTC)}),
    ("timedelta", {"d": datetime.timedelta(days=1, microseconds=2)}),
    ("decimal", {"d": decimal.Decimal("1.10")}),
    ("uuid", {"u": uuid.UUID("12345678-1234-5678-1234-567812345678")}),
    ("set", {"s": {1}}),
    ("bytes and text", {"b": b"\x00\xff"}),
    ("integers", {"n": [0, 255, 256, 65536, -1, 2 ** 31, 2 ** 70]}),
    ("names that are not text", {1: "int"}),
    ("tuple", {"t": (1, (2, 3), ())}),
    ("shared list", {"l": [[1]] * 2}),
]


def base62(number):
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits or "0"


def b64u(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def salted_hmac(salt, message, secret, algorithm):
    key = algorithm((salt + secret).encode()).digest()
    return hmac.new(key, message, algorithm)


def modern(payload, secret=SECRET, name="SessionStore", algorithm=hashlib.sha256, ts=None, body=None):
    """Text in the layout of Django 3.1 and later, made by hand so that any payload can be signed."""
    signed = "%s:%s" % (b64u(payload) if body is None else body, base62(1700000000) if ts is None else ts)
    return "%s:%s" % (signed, b64u(salted_hmac("django.contrib.sessions.%ssigner" % name, signed.encode(), secret, algorithm).digest()))


def legacy(payload, secret=SECRET, name="SessionStore"):
    """Text in the layout of Django up to 3.0, made by hand."""
    mac = salted_hmac("django.contrib.sessions" + name, payload, secret, hashlib.sha1).hexdigest()
    return base64.b64encode(mac.encode() + b":" + payload).decode()


def flip(text, at):
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1:] if at != -1 else text[:-1] + ("A" if text[-1] != "A" else "B")


FOO = b'{"foo":"bar"}'
GOOD, OLD = modern(FOO), legacy(FOO)
PACKED = zlib.compress(json.dumps({"x": "a" * 100}).encode())

DECODE_CASES = [
    ("modern", GOOD),
    ("modern, compressed", modern(b"", body="." + b64u(PACKED))),
    ("legacy", OLD),
    ("legacy, in lines", base64.encodestring(base64.b64decode(OLD)).decode() if sys.version_info < (3, 1)
        else base64.encodebytes(base64.b64decode(OLD)).decode()),
    ("legacy, a colon in the payload", legacy(b'{"a":"b:c"}')),
    ("modern layout, SHA-1", modern(FOO, algorithm=hashlib.sha1)),
    ("under a fallback key", modern(FOO, secret=OLD_SECRET)),
    ("legacy, under a fallback key", legacy(FOO, secret=OLD_SECRET)),
    ("under an unknown key", modern(FOO, secret="nobody's")),
    ("of another class", modern(FOO, name="MyStore")),
    ("legacy, of another class", legacy(FOO, name="MyStore")),
    ("empty text", ""),
    ("not a session", "spam"),
    ("two colons and nothing else", "::"),
    ("signature changed", flip(GOOD, -1)),
    ("payload changed", flip(GOOD, 3)),
    ("time changed", GOOD.replace("1r31eq", "1r31er")),
    ("signature cut", GOOD[:-1]),
    ("signature missing", GOOD.rsplit(":", 1)[0]),
    ("signature padded", GOOD + "="),
    ("a space before", " " + GOOD),
    ("a newline after", GOOD + "\n"),
    ("legacy, payload changed", flip(OLD, 60)),
    ("legacy, cut", OLD[:-4]),
    ("body padded", modern(b"", body="e30=")),
    ("body in the standard alphabet", modern(b"", body=base64.b64encode(b'{"x":"\x7e\x7e\x7e\x3f\x3f\x3f\x3f"}').decode())),
    ("body not base64", modern(b"", body="e3")),
    ("body empty", modern(b"")),
    ("body not zlib", modern(b"", body="." + b64u(b"not zlib at all"))),
    ("body zlib cut", modern(b"", body="." + b64u(PACKED[:-6]))),
    ("body zlib with more behind", modern(b"", body="." + b64u(PACKED + b"more"))),
    ("no time", modern(FOO, ts="")),
    ("time not base62", modern(FOO, ts="a-b")),
    ("time negative", modern(FOO, ts="-1r31eq")),
    ("time in the year 3000", modern(FOO, ts=base62(32503680000))),
    ("payload a list", modern(b"[]")),
    ("payload null", modern(b"null")),
    ("payload with blanks", modern(b' { "foo" : "bar" } ')),
    ("payload twice the same name", modern(b'{"a":1,"b":2,"a":3}')),
    ("payload in UTF-8", modern('{"s":"\xe9"}'.encode("utf-8"))),
    ("payload not JSON", modern(b"{'foo': 'bar'}")),
    ("payload with a trailing comma", modern(b'{"foo":"bar",}')),
    ("payload with more behind", modern(b'{"foo":"bar"} {}')),
    ("payload with a raw control character", modern(b'{"s":"\x01"}')),
    ("payload with NaN", modern(b'{"x":[NaN,Infinity,-Infinity]}')),
    ("payload with a huge integer", modern(b'{"n":1' + b"0" * 4300 + b"}")),
    ("payload with a huge exponent", modern(b'{"n":[1e999,-1e999,1e-999]}')),
    ("payload nested deeply", modern(b'{"x":' + b"[" * 500 + b"]" * 500 + b"}")),
]


class Warnings(logging.Handler):
    """Whether Django warned of a session."""

    seen = False

    def emit(self, record):
        self.seen = True


WARNINGS = Warnings()
logging.getLogger("django.security").addHandler(WARNINGS)
logging.getLogger("django.security").propagate = False


def quoted(text):
    return json.dumps(text)


def write(record):
    for name, value in record:
        print("%s: %s" % (name, value))
    print()


def payload_of(session, data):
    return session.serializer().dumps(data)


def encode(case, data, cls=None, serializer=None, salt=None, secret=None, hashing=None):
    session = (CLASSES[cls] if cls else SessionStore)()
    record = [("case", case), ("op", "encode")]
    for name, value in (("class", cls), ("salt", salt), ("serializer", serializer), ("secret", secret), ("hashing", hashing)):
        if value:
            record.append((name, quoted(value) if name == "secret" else value))
    payload = payload_of(session, data)
    if serializer == "pickle":
        record += [("repr", repr(data)), ("payload", base64.b64encode(payload).decode())]
    else:
        record.append(("data", payload.decode("latin-1")))
    text = session.encode(data)
    write(record + [("text", quoted(text.decode() if isinstance(text, bytes) else text))])


def cookie(case, data, serializer=None):
    session = CookieStore()
    session.update(data)
    session.save()
    record = [("case", case), ("op", "encode"), ("engine", "signed_cookies")]
    payload = payload_of(session, session._session)
    if serializer == "pickle":
        record += [("serializer", "pickle"), ("repr", repr(data)), ("payload", base64.b64encode(payload).decode())]
    else:
        record.append(("data", payload.decode("latin-1")))
    write(record + [("text", quoted(session.session_key))])


def decode(case, text, fallbacks=()):
    record = [("case", case), ("op", "decode")] + [("fallback", quoted(secret)) for secret in fallbacks]
    WARNINGS.seen = False
    try:
        data = SessionStore().decode(text)
        record.append(("data", json.dumps(data, separators=(",", ":"))))
    except Exception as error:
        record.append(("error", type(error).__name__))
    if WARNINGS.seen:
        record.append(("warning", "yes"))
    write(record + [("text", quoted(text))])


def main():
    print("# Written by make_vectors.py.")
    write([("django", django.get_version()), ("python", "%d.%d.%d" % sys.version_info[:3]), ("secret", quoted(SECRET)), ("time", 1700000000)])

    for case, data in JSON_CASES:
        encode(case, data)
    if VERSION >= (4, 1):
        session = SessionStore()
        session.set_expiry(datetime.datetime(2099, 6, 7, 8, 9, 10, tzinfo=datetime.timezone.utc))
        encode("expires at a time", {"_session_expiry": session["_session_expiry"]})
    with override_settings(SECRET_KEY="cl\xe9 secr\xe8te \u65e5\u672c"):
        encode("a secret key that is not ASCII", {"foo": "bar"}, secret="cl\xe9 secr\xe8te \u65e5\u672c")
    encode("a class of another name", {"foo": "bar"}, cls="MyStore")
    encode("a class within a class", {"foo": "bar"}, cls="Outer.Inner")
    if VERSION >= (3, 1):
        encode("a salt of its own", {"foo": "bar"}, cls="SaltedStore", salt=SaltedStore.key_salt)
    if VERSION in ((3, 1), (3, 2)):
        with override_settings(DEFAULT_HASHING_ALGORITHM="sha1"):
            for case, data in JSON_CASES[:4]:
                encode(case, data, hashing="sha1")
    for case in ("one name", "logged in", "lone surrogates", "very compressible"):
        cookie(case, dict(JSON_CASES)[case])
    if VERSION < (5, 0):
        with override_settings(SESSION_SERIALIZER=PICKLE):
            for case, data in PICKLE_CASES:
                encode(case, data, serializer="pickle")
            cookie("one name", {"foo": "bar"}, serializer="pickle")

    for case, text in DECODE_CASES:
        decode(case, text)
    if VERSION >= (4, 1):
        with override_settings(SECRET_KEY_FALLBACKS=["the one before", OLD_SECRET]):
            for case, text in DECODE_CASES[:9]:
                decode(case, text, fallbacks=["the one before", OLD_SECRET])


if __name__ == "__main__":
    main()
