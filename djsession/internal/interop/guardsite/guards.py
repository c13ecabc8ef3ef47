"""A site with django-otp, django-hijack, django-impersonate and the MFA of allauth: what a browser does there, and what they say."""
import json
import time

import django_otp
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth import get_user_model
from django.http import HttpResponse, JsonResponse
from django.test import Client
from django.urls import include, path, re_path
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

User = get_user_model()
DEVICES = {"totp": TOTPDevice, "static": StaticDevice}
SECRET = "JBSWY3DPEHPK3PXP"


def who(request, anything=""):
    """Who a page is about, as each package has it."""
    user = request.user
    if not user.is_authenticated:
        return JsonResponse({"user": ""})
    return JsonResponse({"user": user.get_username(), "real": request.real_user.get_username(), "verified": getattr(user, "is_verified", bool)(),
                         "hijacked": getattr(user, "is_hijacked", False), "recent": did_recently_reauthenticate(request)})


def verify(request):
    kind, pk = request.GET["device"].split()
    django_otp.login(request, DEVICES[kind].objects.get(pk=pk))
    return HttpResponse("")


urlpatterns = [path("who/", who), re_path("^admin/(.*)$", who), path("verify/", verify), path("hijack/", include("hijack.urls")),
               path("impersonate/", include("impersonate.urls")), path("accounts/", include("allauth.urls"))]


def create():
    """alice and root are superusers, sam is staff, bob and carol are nothing; bob has MFA."""
    for name in ("alice", "bob", "carol", "sam", "root"):
        User.objects.create_user(name, password=name + "'s", email=name + "@x.example", is_staff=name in ("alice", "sam"),
                                 is_superuser=name in ("alice", "root"))
    TOTP.activate(User.objects.get(username="bob"), SECRET)


def device(kind, name, confirmed=True):
    return "%s %d" % (kind, DEVICES[kind].objects.create(user=User.objects.get(username=name), confirmed=confirmed).pk)


class Browser:
    def __init__(self, key):
        self.client = Client()
        if key:
            self.client.cookies["sessionid"] = key

    def login(self, name):
        """By allauth's own page, which asks those who have it for a second factor."""
        self.post("/accounts/login/", login=name, password=name + "'s")

    def code(self):
        self.post("/accounts/2fa/authenticate/", code=format_hotp_value(hotp_value(SECRET, int(time.time()) // 30)))

    def enter(self, name):
        """Without allauth, as another login page would."""
        self.client.force_login(User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")

    def verify(self, device):
        self.client.get("/verify/", {"device": device})

    def unconfirm(self, device):
        self.rows(device).update(confirmed=False)

    def delete(self, device):
        self.rows(device).delete()

    def rows(self, device):
        kind, pk = device.split()
        return DEVICES[kind].objects.filter(pk=pk)

    def hijack(self, name):
        self.post("/hijack/acquire/", user_pk=User.objects.get(username=name).pk)

    def release(self):
        self.post("/hijack/release/")

    def impersonate(self, name):
        self.client.get("/impersonate/%d/" % User.objects.get(username=name).pk)

    def stop(self):
        self.client.get("/impersonate/stop/")

    def get(self, path):
        self.seen = json.loads(self.client.get(path).content)

    def post(self, path, **form):
        response = self.client.post(path, form)
        assert response.status_code == 302, (path, response.status_code, response.content)


def go(key, steps, path):
    """What a browser with a session's key does, and what a page says then."""
    browser = Browser(key)
    for name, *args in steps:
        getattr(browser, name)(*args)
    browser.get(path)
    return dict(browser.seen, key=browser.client.cookies["sessionid"].value if "sessionid" in browser.client.cookies else "")
