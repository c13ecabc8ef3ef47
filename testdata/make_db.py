"""Makes db.sqlite3: users, and sessions of every sort, each written by the Django that such sessions come from.

`make testdata` runs it inside Django 5.2, 1.11, 2.2, 3.2 and 4.2, in this order, and once more inside 5.2 with the argument
"finish". README.md beside this file lists what it makes. Time stands at 2026-01-02 03:04:05 UTC. Runs on Python 2.7 to 3.14.
"""
from __future__ import print_function, unicode_literals

import datetime
import decimal
import os
import sys
import time
import uuid
from collections import OrderedDict

time.time = lambda: 1767323045.0

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "site"))
sys.dont_write_bytecode = True
os.environ["DJANGO_SETTINGS_MODULE"] = str("settings")

import django  # noqa: E402  The clock first.

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.contrib.auth.models import Group, Permission  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import override_settings  # noqa: E402
from django.utils import timezone  # noqa: E402

VERSION = django.VERSION[:2]
UTC = datetime.timezone.utc if VERSION >= (4, 0) else timezone.utc
NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
END = datetime.datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC)
PICKLE = "django.contrib.sessions.serializers.PickleSerializer"
User = get_user_model()


def key_of(name):
    """A session key that can be read."""
    return name.ljust(32, "0")


def save(name, data, days, expire=None, **changed):
    """Saves a session that ends so many days before the last day of 2099."""
    with override_settings(**changed):
        session = SessionStore()
        session.update(data)
        session._session_key = key_of(name)
        session.save(must_create=True)
    Session.objects.filter(pk=key_of(name)).update(expire_date=expire or END - datetime.timedelta(days=days))


def login(username, *more):
    """What a session holds after login(), which would choose a key of its own and write down the time."""
    user = User.objects.get(username=username)
    return OrderedDict([
        (SESSION_KEY, user._meta.pk.value_to_string(user)),
        (BACKEND_SESSION_KEY, "django.contrib.auth.backends.ModelBackend"),
        (HASH_SESSION_KEY, user.get_session_auth_hash()),
    ] + list(more))


def users():
    def user(username, password, algorithm, **fields):
        user = User(username=username, date_joined=NOW, email=username + "@example.com", **fields)
        user.password = make_password(password, salt=(username + "salt").ljust(22, "0"), hasher=algorithm)
        user.save()
        return user

    user("alice", "alice's password", "pbkdf2_sha256", is_staff=True, is_superuser=True, first_name="Alice", last_login=NOW)
    bob = user("bob", "bob's password", "pbkdf2_sha1", is_staff=True, first_name="Bob", last_login=NOW)
    user("carol", "carol's password", "scrypt", first_name="Carol", last_name="\xd1and\xfa \u65e5\u672c")
    user("dave", "dave's password", "pbkdf2_sha256", is_active=False, first_name="Dave")
    bob.user_permissions.add(Permission.objects.get(codename="view_session"))
    editors = Group.objects.create(name="editors")
    editors.permissions.add(Permission.objects.get(codename="change_user"))
    bob.groups.add(editors)


CART = [{"sku": "tea-100", "quantity": 2, "price": "4.50"}, {"sku": "cup-7", "quantity": 1, "price": "12.00"}]


def made_by_5_2():
    call_command("migrate", verbosity=0, interactive=False)
    users()
    last_year, year_before = settings.SECRET_KEY_FALLBACKS

    save("alice", login("alice"), 0)
    save("bob", login("bob", ("_language", "de"), ("last_page", "/reports/2026/")), 1)
    save("carol", login("carol", ("cart", CART)), 2)
    save("dave", login("dave"), 3)
    save("anonymouscart", {"cart": CART[1:]}, 4)
    save("anonymousbig", {"cart": [dict(CART[0], sku="tea-%d" % n) for n in range(200)]}, 5)
    save("empty", {}, 6)
    save("values", OrderedDict([
        ("big", 2 ** 100), ("float", 1.0), ("small", 1e-07), ("nan", float("nan")), ("infinite", [float("inf"), float("-inf")]),
        ("text", "\xe9 \u65e5\u672c \U0001f600 </script>"), ("surrogate", "\ud800"), ("none", None), ("yes", True),
        ("nested", {"b": [1, {"a": []}]}), ("", "a name without characters"),
    ]), 7)
    save("onclose", login("alice", ("_session_expiry", 0)), 8)
    save("seconds", login("alice", ("_session_expiry", 2332799994)), 9)
    iso = datetime.datetime(2099, 6, 7, 8, 9, 10, tzinfo=UTC)
    save("isodate", login("carol", ("_session_expiry", iso.isoformat())), 0, expire=iso)
    save("fallback", login("bob"), 10, SECRET_KEY=last_year)
    save("fallback2", {"cart": CART}, 11, SECRET_KEY=year_before)
    save("expired", login("alice"), 0, expire=datetime.datetime(2025, 6, 7, 8, 9, 10, 250000, tzinfo=UTC))
    save("expiredcart", {"cart": CART}, 0, expire=datetime.datetime(2025, 1, 1, tzinfo=UTC))
    save("oldpassword", dict(login("bob"), **{HASH_SESSION_KEY: "0" * 64}), 12)
    save("nouser", OrderedDict(login("carol"), **{SESSION_KEY: "99"}), 13)
    save("wrongkey", login("carol"), 14, SECRET_KEY="a key that nobody wrote down, as it happens")
    save("messages", login("carol", ("_csrftoken", "0123456789abcdefghijklmnopqrstuv"), ("testcookie", "worked"),
                           ("_messages", '[["__json_message",0,25,"Saved.",""]]')), 15)
    save("tampered", login("carol"), 16)
    row = Session.objects.get(pk=key_of("tampered"))
    row.session_data = row.session_data[:8] + ("A" if row.session_data[8] != "A" else "B") + row.session_data[9:]
    row.save()
    save("rubbish", {}, 17)
    Session.objects.filter(pk=key_of("rubbish")).update(session_data="no session data at all")


def made_by_1_11():
    save("legacy111", login("alice", ("cart", CART)), 20)
    save("pickle111", {"cart": CART, "at": NOW, "total": decimal.Decimal("21.00"), b"bytes": b"\x00\x7f", "big": 2 ** 70},
         21, SESSION_SERIALIZER=PICKLE)


def made_by_2_2():
    save("legacy22", login("carol", ("cart", CART)), 22)
    save("legacyfallback", {"cart": CART}, 23, SECRET_KEY=settings.SECRET_KEY_FALLBACKS[0])
    save("legacyexpired", login("bob"), 0, expire=datetime.datetime(2024, 2, 29, 12, tzinfo=UTC))
    save("pickle22", dict(login("bob"), at=NOW, uuid=uuid.UUID(int=5)), 24, SESSION_SERIALIZER=PICKLE)


def made_by_3_2():
    save("modern32", login("bob"), 25)
    save("sha132", login("alice"), 26, DEFAULT_HASHING_ALGORITHM="sha1")


def made_by_4_2():
    save("pickle42", dict(login("alice"), cart=CART, at=NOW, seen={1}, ordered=OrderedDict([("z", 1), ("a", 2)])), 27,
         SESSION_SERIALIZER=PICKLE)
    save("pickleexpiry", {"_session_expiry": END - datetime.timedelta(days=28)}, 28, SESSION_SERIALIZER=PICKLE)


def finish():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_migrations SET applied = %s", ["2026-01-02 03:04:05"])
        cursor.execute("PRAGMA journal_mode = DELETE")
        cursor.execute("PRAGMA page_size = 1024")
        cursor.execute("VACUUM")


if __name__ == "__main__":
    if sys.argv[1:] == ["finish"]:
        finish()
    else:
        globals()["made_by_%d_%d" % VERSION]()
