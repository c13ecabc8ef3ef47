"""What the tests have Django do in the zoo."""
import importlib
import sys

from django.apps import apps
from django.conf import settings
from django.contrib import auth
from django.db import connection
from django.http import HttpRequest

try:
    from io import StringIO
    StringIO().write("")
except TypeError:  # Python 2
    from StringIO import StringIO

import zoo.stores  # noqa: F401  Its engines can then be imported.


def create_tables():
    """Each of the zoo's, whose models have no migrations."""
    with connection.schema_editor() as editor:
        for model in apps.get_app_config("zoo").get_models():
            if not model._meta.proxy:
                editor.create_model(model)


def clear():
    """No users and no sessions, in any of the tables."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys = OFF")
        for model in apps.get_models():
            ours = model._meta.app_label in ("zoo", "auth", "sessions", "user_sessions")
            if ours and not model._meta.proxy and model._meta.model_name != "permission":
                cursor.execute("DELETE FROM " + connection.ops.quote_name(model._meta.db_table))


def name_of(user):
    return user.get_username() if user.is_authenticated else ""


def who(key):
    """The name of the user of a session, or ""."""
    request = HttpRequest()
    request.session = importlib.import_module(settings.SESSION_ENGINE).SessionStore(key)
    return name_of(auth.get_user(request))


def log_in(user):
    request = HttpRequest()
    request.session = importlib.import_module(settings.SESSION_ENGINE).SessionStore()
    auth.login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session["cart"] = [1]
    request.session.save()
    return request.session.session_key


def ask(source):
    """The answer of askdjango.py."""
    out, sys.stdout = sys.stdout, StringIO()
    try:
        exec(compile(source, "<askdjango.py>", "exec"), {"__name__": "__main__"})
        return sys.stdout.getvalue()
    finally:
        sys.stdout = out


def visit(make, after, source):
    """A user logs in, and something happens after that."""
    clear()
    User = auth.get_user_model()
    names = {"User": User, "models": importlib.import_module("zoo.models")}
    exec("user = " + (make or "User.objects.create_user('u1', 'u1@example.com', 'pw')"), names)
    key = log_in(names["user"])
    exec(after or "pass", names)
    return {"key": key, "who": who(key), "answer": ask(source)}
