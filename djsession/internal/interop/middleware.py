# Serves the scenarios with Django's own middleware. It gets `scenarios`, a list, and returns their outcomes.
import datetime, json, sys, types
from unittest import mock

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.middleware import SessionMiddleware
from django.contrib.sessions.models import Session
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from django.utils import timezone

NOW = 1700000000.25
now = datetime.datetime.fromtimestamp(NOW, datetime.timezone.utc)
KEY = "k" * 32

sys.modules["no_urls"] = types.ModuleType("no_urls")  # Django wants some to answer 400
sys.modules["no_urls"].urlpatterns = []


def view_of(s):
    def view(request):
        session = request.session
        for op, *args in s["ops"] or []:
            if op == "get": session.get(*args)
            elif op == "has": args[0] in session
            elif op == "names": list(session.keys())
            elif op == "set": session[args[0]] = args[1]
            elif op == "delete": session.__delitem__(args[0]) if args[0] in session else None
            elif op == "pop": session.pop(args[0], None)
            elif op == "setdefault": session.setdefault(*args)
            elif op == "modified": session.get("a"); session.modified = True
            elif op == "modified_unread": session.accessed = session.modified = True
            elif op == "set_test_cookie": session.set_test_cookie()
            elif op == "delete_test_cookie": session.delete_test_cookie()
            elif op == "clear": session.get("a"); session.clear()
            elif op == "flush": session.get("a"); session.flush()
            elif op == "cycle": session.cycle_key()
            elif op == "update": session.update(args[0])
            elif op == "save": session.save()
            elif op == "create": session.create()
            elif op == "values": list(session.values()), list(session.items())
            elif op == "test_cookie_worked": session.test_cookie_worked()
            elif op == "expiry": session.get_expiry_age(), session.get_expiry_date(), session.get_expire_at_browser_close()
            elif op == "gone": Session.objects.filter(session_key=KEY).delete()
            elif op == "expire_after": session.set_expiry(args[0])
            elif op == "expire_at": session.set_expiry(datetime.datetime.fromisoformat(args[0]))
            elif op == "expire_on_close": session.set_expiry(0)
            elif op == "expire_default": session.set_expiry(None)
            else: raise ValueError(op)
        response = HttpResponse(status=s["status"] or 200)
        if s["vary"]:
            response["Vary"] = s["vary"]
        return response
    return view


def serve(s):
    Session.objects.all().delete()
    if s["stored"]:
        text = SessionStore().encode(json.loads(s["data"] or '{"a":1}'))
        text = {"garbage": "garbage", "forged": text[:-1] + ("A" if text[-1] != "A" else "B")}.get(s["stored"], text)
        life = {"expired": -60, "now": 0}.get(s["stored"], 3600)
        Session(session_key=KEY, session_data=text, expire_date=now + datetime.timedelta(seconds=life)).save()
    cookie = (s["cookie"] or "sessionid=<KEY>").replace("<KEY>", KEY)
    request = RequestFactory().get("/")
    if cookie != "-":
        request.META["HTTP_COOKIE"] = cookie.encode().decode("latin-1")  # as WSGI hands over bytes
    response = convert_exception_to_response(SessionMiddleware(view_of(s)))(request)
    known = {KEY: "<KEY>"}
    rows = []
    for row in Session.objects.order_by("expire_date", "session_key"):
        name = known.setdefault(row.session_key, "<NEW>")
        data = json.dumps(SessionStore().decode(row.session_data), separators=(",", ":"))
        rows.append("%s %s %s" % (name, data, (row.expire_date - now).total_seconds()))
    cookies = [m.OutputString() for m in response.cookies.values()]
    text = "status %d\nvary %s\ncookies %s\nrows %s" % (
        response.status_code, response.get("Vary", ""), " | ".join(cookies), " | ".join(sorted(rows)))
    for key, name in known.items():
        text = text.replace(key, name)
    return text


outcomes = []
with mock.patch("time.time", lambda: NOW), mock.patch.object(timezone, "now", lambda: now):
    for s in scenarios:
        with override_settings(ROOT_URLCONF="no_urls", **(s["settings"] or {})):
            outcomes.append(serve(s))
result = outcomes
