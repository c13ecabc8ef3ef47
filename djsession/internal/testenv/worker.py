"""A Django that answers questions over a pipe: one line of JSON each way. Runs on Python 2.7 to 3.14.

The first line is {"settings": {...}}: what is set before django.setup(). The answer describes this Django. Then each question is
{"settings": {...}, "now": microseconds since 1970 or null, "op": name, "args": {...}}
and each answer {"value": {"json": text, "repr": text}} or {"error": {"type", "message", "traceback"}}. The settings are in force
for that question only (those of the next one replace them), and so is the clock.

A value crosses as the text that json.dumps makes of it, within a string, so that NaN, 1.0, big integers and lone surrogates
arrive as Python wrote them. What JSON lacks becomes an object: {"$bytes": base64} or {"$class": dotted name, "$repr": text}, with
"$iso" for dates and times. If a value cannot be written at all (a tuple as a key, a str of Python 2 that is not UTF-8), "json" is null.
"""
from __future__ import print_function, unicode_literals

import base64
import datetime
import decimal
import importlib
import json
import os
import sys
import textwrap
import time
import traceback
import uuid
import warnings

BASE_SETTINGS = {
    "SECRET_KEY": "secret key of the test environment, twenty-one words long at least or else not",
    "ALLOWED_HOSTS": ["*"],
    "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    "INSTALLED_APPS": ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
                       "django.contrib.messages"],
    "MIDDLEWARE": ["django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
                   "django.contrib.auth.middleware.AuthenticationMiddleware",
                   "django.contrib.messages.middleware.MessageMiddleware"],
}


class Clock(object):
    """The time that Django sees: the machine's, or one that stands still."""

    micros = None

    def __init__(self):
        self.machine_time = time.time
        time.time = self.time

    def time(self):
        return self.machine_time() if self.micros is None else self.micros / 1e6

    def install(self):
        """Django's modules that took the class datetime by name take one that asks this clock."""
        clock = self

        class ClockDatetime(datetime.datetime):
            @classmethod
            def now(cls, tz=None):
                return clock.datetime(tz)

            @classmethod
            def utcnow(cls):
                return EPOCH + datetime.timedelta(microseconds=clock.read_micros())

        for module in ("django.utils.timezone", "django.contrib.auth.tokens"):
            importlib.import_module(module).datetime = ClockDatetime

    def read_micros(self):
        return int(self.machine_time() * 1e6) if self.micros is None else self.micros

    def datetime(self, tz):
        seconds, micros = divmod(self.read_micros(), 1000000)
        if tz is None:
            return datetime.datetime.fromtimestamp(seconds).replace(microsecond=micros)
        return datetime.datetime.fromtimestamp(seconds, tz).replace(microsecond=micros)


EPOCH = datetime.datetime(1970, 1, 1)


def wire(value):
    try:
        text = json.dumps(value, separators=(",", ":"), default=tagged)
    except (TypeError, ValueError, UnicodeDecodeError):
        text = None
    return {"json": text, "repr": repr(value)}


def tagged(value):
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode("ascii")}
    kind = type(value)
    tag = {"$class": "%s.%s" % (kind.__module__, kind.__name__), "$repr": repr(value)}
    if hasattr(value, "isoformat"):
        tag["$iso"] = value.isoformat()
    return tag


def micros_since_epoch(moment):
    """Exact, of an aware datetime or of a naive one in Django's current zone."""
    from django.utils import timezone
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    delta = moment.replace(tzinfo=None) - moment.utcoffset() - EPOCH
    return (delta.days * 86400 + delta.seconds) * 1000000 + delta.microseconds


def shim_mysql():
    """PyMySQL stands in for mysqlclient, whose version Django checks."""
    try:
        import pymysql
    except ImportError:
        return
    pymysql.version_info = (2, 2, 99, "final", 0)
    pymysql.__version__ = "2.2.99"
    pymysql.install_as_MySQLdb()


def vendors():
    """The sorts of database that this Django has a driver for."""
    found = ["sqlite"]
    for vendor, modules in (("postgresql", ("psycopg", "psycopg2")), ("mysql", ("MySQLdb",))):
        for module in modules:
            try:
                importlib.import_module(module)
            except ImportError:
                continue
            found.append(vendor)
            break
    return found


class Overrides(object):
    """The settings in force beside the base ones."""

    def __init__(self):
        self.text, self.override = "{}", None

    def apply(self, settings):
        from django.test.utils import override_settings
        text = json.dumps(settings, sort_keys=True)
        if text == self.text:
            return
        self.text = None
        forget_databases()
        forget_session_folder()
        if self.override is not None:
            override, self.override = self.override, None  # once only, even if somebody does not like it
            override.disable()
            forget_databases()
        if settings:
            override = override_settings(**{str(name): value for name, value in settings.items()})
            override.enable()
            self.override = override
        self.text = text


def forget_databases():
    """Close what is open, and let DATABASES be read anew."""
    from django.db import connections
    for alias in list(connections):
        connections[alias].close()
        del connections[alias]
    for name in ("databases", "settings"):
        connections.__dict__.pop(name, None)
    connections._databases = connections._settings = None


def forget_session_folder():
    """The file backend's class remembers SESSION_FILE_PATH."""
    from django.contrib.sessions.backends.file import SessionStore
    if hasattr(SessionStore, "_storage_path"):
        del SessionStore._storage_path


class Operations(object):
    """What can be asked. An argument named data, changes or expiry is the source of a Python expression."""

    def __init__(self):
        self.state = {}

    def names(self, **more):
        """What an expression or a snippet may name."""
        from django.conf import settings
        names = dict(base64=base64, datetime=datetime, decimal=decimal, json=json, os=os, settings=settings, sys=sys, time=time,
                     uuid=uuid, b64=base64.b64decode, store=self.store, state=self.state, micros=micros_since_epoch)
        names.update(more)
        return names

    def evaluate(self, source):
        return eval(compile(source, "<expression>", "eval"), self.names())

    def store(self, key=None):
        from django.conf import settings
        return importlib.import_module(settings.SESSION_ENGINE).SessionStore(key)

    def run(self, source, args):
        names = self.names(args=args, result=None)
        exec(compile(textwrap.dedent(source), "<snippet>", "exec"), names)
        return names["result"]

    def migrate(self):
        from django.core.management import call_command
        call_command("migrate", verbosity=0, interactive=False)

    def encode(self, data):
        text = self.store().encode(self.evaluate(data))
        return text.decode("ascii") if isinstance(text, bytes) else text

    def decode(self, text):
        return self.store().decode(text)

    def create(self, key, data, expiry):
        session = self.store()
        session.update(self.evaluate(data))
        if expiry:
            session.set_expiry(self.evaluate(expiry))
        if key:
            session._session_key = key
            session.save(must_create=True)
        else:
            session.save()
        self.touch(session)
        return session.session_key

    def load(self, key):
        session = self.store(key)
        data = session._session
        # The file backend gives an expired session's reader a new one under another key.
        return {"found": session.session_key == key, "data": wire(data)}

    def update(self, key, changes, expiry):
        session = self.store(key)
        session.update(self.evaluate(changes))
        if expiry:
            session.set_expiry(self.evaluate(expiry))
        session.save()
        self.touch(session)
        return session.session_key

    def delete(self, key):
        self.store(key).delete()

    def exists(self, key):
        return bool(self.store().exists(key))

    def clear_expired(self):
        self.store().clear_expired()

    def expiry(self, key):
        session = self.store(key)
        return {"age": session.get_expiry_age(), "at": micros_since_epoch(session.get_expiry_date()),
                "on_close": session.get_expire_at_browser_close()}

    def touch(self, session):
        """A session's file was written when the clock says, not when the machine's does."""
        if CLOCK.micros is not None and hasattr(session, "_key_to_file"):
            os.utime(session._key_to_file(), (CLOCK.time(), CLOCK.time()))


def describe():
    import django
    return {"django": django.get_version(), "python": "%d.%d.%d" % sys.version_info[:3], "vendors": vendors()}


def setup(question):
    shim_mysql()
    wanted = dict(BASE_SETTINGS, **question["settings"])
    sys.path[:0] = wanted.pop("PYTHONPATH", [])
    from django.conf import settings
    settings.configure(**{str(name): value for name, value in wanted.items()})
    import django
    django.setup()
    import django.test.signals  # noqa: F401  It lets a changed setting take effect.
    CLOCK.install()
    return describe()


def answer(function, *args):
    try:
        return {"value": wire(function(*args))}
    except Exception as error:
        return {"error": {"type": type(error).__name__, "message": "%s" % (error,), "traceback": traceback.format_exc()}}


def main():
    # Whatever prints must not print into the pipe.
    lines, answers = os.fdopen(0, "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    operations, overrides = Operations(), Overrides()

    def ask(question):
        CLOCK.micros = question["now"]
        overrides.apply(question["settings"])
        return getattr(operations, question["op"])(**question["args"])

    step = setup
    for line in iter(lines.readline, b""):
        reply = answer(step, json.loads(line.decode("utf-8")))
        answers.write(json.dumps(reply).encode("ascii") + b"\n")
        answers.flush()
        step = ask


CLOCK = Clock()

if __name__ == "__main__":
    main()
