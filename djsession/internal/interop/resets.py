# Django's reset links, followed by its own view, and a generator of the site's own.
import datetime
import sys
import types

from django.conf import settings
from django.contrib.auth import tokens
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

try:
    from django.urls import re_path
except ImportError:  # Django 1.11
    from django.conf.urls import url as re_path

__name__ = "resets"  # of the functions and classes here

try:
    text = unicode
except NameError:
    text = str


# Django up to 3.2 keeps the key of when it started; here it is another for each test.
if isinstance(getattr(tokens.PasswordResetTokenGenerator, "secret", None), text):
    tokens.PasswordResetTokenGenerator.secret = settings.SECRET_KEY


class VerifyEmail(tokens.PasswordResetTokenGenerator):
    """As sites write it, after one of many tutorials."""
    key_salt = "accounts.tokens.VerifyEmail"

    def _make_hash_value(self, user, timestamp):
        return text(user.pk) + text(timestamp) + text(user.is_active) + user.email


class Extended(tokens.PasswordResetTokenGenerator):
    """As those do that build on what is there, without a salt of their own."""

    def _make_hash_value(self, user, timestamp):
        return super(Extended, self)._make_hash_value(user, timestamp) + text(user.first_name)


GENERATORS = {"reset": tokens.PasswordResetTokenGenerator, "verify": VerifyEmail, "extended": Extended}


def confirm(request, **kwargs):
    """The view says where it sends a browser, or whether the link is good; the form is a password sent twice."""
    view = PasswordResetConfirmView.as_view(success_url="/done/", token_generator=tokens.PasswordResetTokenGenerator())
    response = view(request, **kwargs)
    if hasattr(response, "context_data"):
        return HttpResponse("form" if response.context_data.get("validlink") else "invalid")
    return response


urls = sys.modules["reset_urls"] = types.ModuleType(str("reset_urls"))
urls.urlpatterns = [re_path(r"^reset/(?P<uidb64>[0-9A-Za-z_\-]+)/(?P<token>[^/]+)/$", confirm)]


def create(users):
    for i, (name, email, login) in enumerate(users):
        user = User(username=name, email=email, pk=i + 1, password="md5$s$x" + name)
        if login:
            user.last_login = stamp(login)
        user.save()


def stamp(micros):
    """A time as this site keeps it."""
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=micros)
    aware = timezone.make_aware(moment, datetime.timezone.utc if sys.version_info[0] > 2 else timezone.utc)
    return aware if settings.USE_TZ else timezone.make_naive(aware, timezone.get_default_timezone())


def uid(user):
    encoded = urlsafe_base64_encode(force_bytes(user.pk))
    return encoded.decode("ascii") if isinstance(encoded, bytes) else encoded


def found(addresses):
    """The users by whom a form would ask for a reset."""
    return {address: sorted(user.pk for user in PasswordResetForm().get_users(address)) for address in addresses}


def make():
    """Tokens by generator and user's id, of the users as the database has them."""
    made = {}
    for kind, generator in GENERATORS.items():
        for user in User.objects.all():
            made["%s %d" % (kind, user.pk)] = {"uid": uid(user), "token": generator().make_token(user)}
    return made


def check(made):
    """Which of the tokens are good."""
    good = {}
    for name, link in made.items():
        kind, pk = name.split()
        good[name] = GENERATORS[kind]().check_token(User.objects.get(pk=pk), link["token"])
    return good


def visit(path, key, password):
    """What a browser with a session's key sees at a link, and what it has then; a password is sent by the form."""
    client = Client()
    if key:
        client.cookies["sessionid"] = key
    if password:
        response = client.post(path, {"new_password1": password, "new_password2": password})
    else:
        response = client.get(path)
    return {"status": response.status_code, "to": response.get("Location", ""), "says": response.content.decode("utf-8"),
            "key": client.cookies["sessionid"].value if "sessionid" in client.cookies else "",
            "names": sorted(client.session.keys())}
