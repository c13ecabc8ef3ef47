"""Django's side of the soak: settings and views in one file, for the Django of
the test environment. SOAK_SETTINGS holds what depends on the run, in JSON."""
import json
import os
import sys

from django.conf import settings

settings.configure(
    DEBUG=False,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="soaksite",
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    **json.loads(os.environ["SOAK_SETTINGS"])
)

import django  # noqa: E402

django.setup()

from django.contrib.auth import authenticate, login, logout  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402


def who(request):
    names = {k: v for k, v in request.session.items() if not k.startswith("_")}
    user = request.user
    return JsonResponse({"user": user.username if user.is_authenticated else "", "names": names})


def log_in(request):
    user = authenticate(request, username=request.GET["user"], password="secret")
    login(request, user)
    return HttpResponse("in")


def log_out(request):
    logout(request)
    return HttpResponse("out")


def change(request):
    request.session[request.GET["name"]] = request.GET["value"]
    return HttpResponse("set")


def cycle(request):
    request.session.cycle_key()
    return HttpResponse("cycled")


urlpatterns = [
    path("who", who),
    path("login", log_in),
    path("logout", log_out),
    path("set", change),
    path("cycle", cycle),
]
application = get_wsgi_application()

if __name__ == "__main__":
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    secret = make_password("secret")
    User.objects.bulk_create([User(username="u%d" % i, password=secret) for i in range(int(sys.argv[1]))])
