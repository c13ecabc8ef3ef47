from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user, get_user_model, login
from django.http import HttpRequest


def request(key=None):
    r = HttpRequest()
    r.META = {"SERVER_NAME": "testserver", "SERVER_PORT": "80"}
    r.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return r


def log_in(name, backend):
    """The key of a new session of a user."""
    User = get_user_model()
    user = (getattr(User, "everyone", None) or User.objects).get(**{User.USERNAME_FIELD: name})
    r = request()
    login(r, user, backend=backend)
    r.session["cart"] = [1]
    r.session.save()
    return r.session.session_key


def who(key):
    """Whom Django knows by a session, and what is left of the session."""
    r = request(key)
    user = get_user(r)
    left = request(key).session
    return {"user": user.get_username() if user.is_authenticated else "", "cart": left.get("cart"), "id": left.get("_auth_user_id")}
