# Serves the scenarios with Django's own middleware and sessions in signed cookies. What stands before this in middleware.py makes the view.
from django.contrib.sessions.serializers import JSONSerializer
from django.core import signing


def serve_cookie(s):
    request = RequestFactory().get("/")
    if s["cookie"] != "-":
        request.META["HTTP_COOKIE"] = s["cookie"].encode().decode("latin-1")  # as WSGI hands over bytes
    response = convert_exception_to_response(SessionMiddleware(view_of(s)))(request)
    cookies = []
    for morsel in response.cookies.values():
        text = morsel.OutputString()
        if morsel.value:
            data = signing.loads(morsel.value, serializer=JSONSerializer, salt="django.contrib.sessions.backends.signed_cookies", max_age=0.25)
            text = text.replace(morsel.coded_value, json.dumps(data, separators=(",", ":")))
        cookies.append(text)
    return "status %d\nvary %s\ncookies %s" % (response.status_code, response.get("Vary", ""), " | ".join(cookies))


result = []
with mock.patch("time.time", lambda: NOW), mock.patch.object(timezone, "now", lambda: now):
    for s in scenarios:
        with override_settings(ROOT_URLCONF="no_urls", SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies", **(s["settings"] or {})):
            result.append(serve_cookie(s))
