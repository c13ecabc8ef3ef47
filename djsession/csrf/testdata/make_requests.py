"""Prints what this Django's CsrfViewMiddleware says to some requests, one JSON object a line. See README.md."""
import json

import django
from django.conf import settings

NEW = django.VERSION[:2] >= (4, 0)
ORIGINS = ["https://trusted.example", "https://*.wild.example", "https://port.example:8443", "http://plain.example",
           "https://*.portwild.example:8443"]
HOSTS = ["trusted.example", ".wild.example", "port.example:8443", "plain.example", ".portwild.example:8443"]
TRUSTED = ORIGINS if NEW else HOSTS
settings.configure(SECRET_KEY="k", ALLOWED_HOSTS=["*"], ROOT_URLCONF="make_requests", USE_TZ=True, LOGGING_CONFIG=None,
                   CSRF_TRUSTED_ORIGINS=TRUSTED)
django.setup()

from django.http import HttpResponse  # noqa: E402
from django.middleware import csrf  # noqa: E402
from django.test import RequestFactory  # noqa: E402

urlpatterns = []
FORM = "application/x-www-form-urlencoded"
SECRET, OTHER = "a" * 16 + "B" * 16, "z" * 32


def mask(secret, by="c" * 32):
    chars = csrf.CSRF_ALLOWED_CHARS
    return by + "".join(chars[(chars.index(x) + chars.index(y)) % 62] for x, y in zip(secret, by))


M, M2, WRONG = mask(SECRET), mask(SECRET, "7" * 32), mask(OTHER)
COOKIE = SECRET if django.VERSION[:2] >= (4, 1) else M


def run(name, method="POST", cookie=COOKIE, cookies=None, field=None, fields=None, header=None, secure=False, host="site.example",
        query="", kind=FORM, body=None, origin=None, referer=None, domain=None):
    if fields is None:
        fields = [field] if field is not None else []
    if body is None:
        body = "&".join("csrfmiddlewaretoken=" + f for f in fields)
    if cookies is None:
        cookies = ["csrftoken=" + cookie] if cookie is not None else []
    headers = {"Cookie": "; ".join(cookies) or None, "X-CSRFToken": header, "Origin": origin, "Referer": referer}
    headers = {key: value for key, value in headers.items() if value is not None}
    settings.CSRF_COOKIE_DOMAIN = domain
    meta = {"HTTP_" + key.upper().replace("-", "_"): value for key, value in headers.items()}
    port = host.rpartition(":")[2] if ":" in host else "443" if secure else "80"
    request = RequestFactory().generic(method, "/p" + query, data=body, content_type=kind, secure=secure, HTTP_HOST=host,
                                       SERVER_PORT=port, **{str(key): value for key, value in meta.items()})
    request.csrf_processing_done = False
    said = {}
    middleware = csrf.CsrfViewMiddleware(lambda request: HttpResponse())
    middleware._reject = lambda request, reason: said.update(reason=reason)
    try:
        middleware.process_request(request)
        middleware.process_view(request, lambda request: None, (), {})
    except Exception as error:
        said["raised"] = type(error).__name__
    print(json.dumps({"name": name, "method": method, "host": host, "secure": secure, "query": query, "kind": kind, "headers": headers,
                      "body": body, "domain": domain, "said": said}, sort_keys=True))


print(json.dumps({"trusted": TRUSTED}))
run("no cookie", cookie=None, field=M)
run("cookie, no token")
run("field masked", field=M2)
run("field unmasked", field=SECRET)
run("header masked", header=M2)
run("header unmasked", header=SECRET)
run("field wrong", field=WRONG)
run("header wrong", header=WRONG)
run("field right, header wrong", field=M2, header=WRONG)
run("field wrong, header right", field=WRONG, header=M2)
run("field empty, header right", field="", header=M2)
run("header empty", header="")
run("two fields, right first", fields=[M2, WRONG])
run("two fields, right last", fields=[WRONG, M2])
run("two fields, last empty", fields=[M2, ""])
run("token in query only", query="?csrfmiddlewaretoken=" + M2)
run("PUT field", method="PUT", field=M2)
run("PUT header", method="PUT", header=M2)
run("DELETE header", method="DELETE", header=M2)
run("PATCH field", method="PATCH", field=M2)
for m in ("GET", "HEAD", "OPTIONS", "TRACE", "CONNECT", "QUERY", "PROPFIND", "get", "post"):
    run("method " + m, method=m)
run("cookie 64", cookie=M, field=M2)
run("cookie 32", cookie=SECRET, field=M2)
run("cookie 31", cookie=SECRET[:31], field=M2)
run("cookie bad char", cookie=SECRET[:31] + "-", field=M2)
run("cookie empty", cookie="", field=M2)
run("cookie 65", cookie=M + "a", field=M2)
run("field 31", field=SECRET[:31])
run("field 63", field=M2[:63])
run("field bad char", field=M2[:63] + "-")
run("field of 32 characters, not ASCII", field=SECRET[:31] + "%C3%A9")
run("field spaces", field=M2 + "%20")
run("field with a plus", field=M2[:63] + "+")
run("field escaped", field="%61" + SECRET[1:])
run("field with a wrong escape", field=SECRET[:31] + "%zz")
run("name escaped", body="%63srfmiddlewaretoken=" + M2)
run("name alone, after the token", body="csrfmiddlewaretoken=" + M2 + "&csrfmiddlewaretoken")
run("name in capitals", body="CSRFMIDDLEWARETOKEN=" + M2)
run("among others", body="a=b&&=&c&csrfmiddlewaretoken=" + M2 + "&d=%C3%A9")
run("header spaces", header=" " + M2 + " ")
run("two cookies, right last", cookies=["csrftoken=" + WRONG, "csrftoken=" + M], field=M2)
run("two cookies, right first", cookies=["csrftoken=" + M, "csrftoken=" + WRONG], field=M2)
run("quoted cookie", cookies=['csrftoken="' + M + '"'], field=M2)
run("cookie, escaped", cookies=['csrftoken="\\141' + SECRET[1:] + '"'], field=M2)
run("json body with field", body='{"csrfmiddlewaretoken":"%s"}' % M2, kind="application/json")
PART = '--b\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"%s\r\n\r\n%s\r\n'
MULTIPART = "multipart/form-data; boundary=b"
run("multipart", body=PART % ("", M2) + "--b--\r\n", kind=MULTIPART)
run("multipart, two, right last", body=PART % ("", WRONG) + PART % ("", M2) + "--b--\r\n", kind=MULTIPART)
run("multipart, two, right first", body=PART % ("", M2) + PART % ("", WRONG) + "--b--\r\n", kind=MULTIPART)
run("multipart, a file", body=PART % ('; filename="f"', M2) + "--b--\r\n", kind=MULTIPART)
run("multipart, an empty file name", body=PART % ('; filename=""', M2) + "--b--\r\n", kind=MULTIPART)
run("multipart, a space", body=PART % ("", M2 + " ") + "--b--\r\n", kind=MULTIPART)
run("multipart, empty, header right", body=PART % ("", "") + "--b--\r\n", kind=MULTIPART, header=M2)
run("multipart broken", body="--b\r\nContent-Dis", kind=MULTIPART)
run("multipart no boundary", body="x", kind="multipart/form-data")
run("multipart no boundary, header right", body="x", kind="multipart/form-data", header=M2)
run("text/plain field", field=M2, kind="text/plain")
run("a charset", field=M2, kind=FORM + "; charset=utf-8")
run("a kind in capitals", field=M2, kind=FORM.upper())
run("no kind", field=M2, kind="")


def o(origin, **more):
    run("origin %s %s" % (origin, json.dumps(more, sort_keys=True)), field=M2, origin=origin, **more)


o("http://site.example")
o("https://site.example")
for s in ("https://site.example", "http://site.example", "https://site.example:443", "https://SITE.example", "https://site.example/",
          "https://trusted.example", "http://trusted.example", "https://trusted.example:444", "http://plain.example",
          "https://sub.trusted.example", "https://a.wild.example", "https://a.b.wild.example", "https://wild.example",
          "https://evilwild.example", "http://a.wild.example", "https://a.wild.example:444", "https://A.WILD.example",
          "HTTPS://a.wild.example", "https://port.example:8443", "https://port.example", "https://a.portwild.example:8443",
          "https://a.portwild.example", "https://[::1", "https://[::1]", "https://a.wild.example/x", "https://x@a.wild.example",
          "https://evil.example?.wild.example", "https://evil.example#.wild.example", "file://", "https://other.example"):
    o(s, secure=True)
o("null")
o("")
o("http://site.example:80")
o("https://site.example:8443", secure=True, host="site.example:8443")
o("https://site.example", secure=True, host="SITE.example")
o("https://trusted.example")
o("http://[::1]:8000", host="[::1]:8000")
o("http://[::1]", host="[::1]:8000")
o("http://127.0.0.1:8000", host="127.0.0.1:8000")


def r(referer, **more):
    run("referer %s %s" % (referer, json.dumps(more, sort_keys=True)), field=M2, secure=True, referer=referer, **more)


for s in (None, "", "https://site.example/x", "http://site.example/x", "https://site.example:443/x", "https://site.example",
          "site.example/x", "//site.example/x", "https://", "https://[x", "https://[::1]/", "https://other.example/",
          "https://trusted.example/", "https://a.wild.example/", "https://wild.example/", "https://evilwild.example/",
          "https://port.example:8443/", "https://port.example/", "https://plain.example/", "https://sub.trusted.example/",
          "https://SITE.example/", "HTTPS://site.example/", "https://x@site.example/", "https://other.example/?.wild.example"):
    r(s)
r("https://a.cookie.example/", domain=".cookie.example")
r("https://cookie.example/", domain=".cookie.example")
r("https://a.cookie.example/", domain="cookie.example")
r("https://cookie.example:8443/", domain=".cookie.example", host="site.example:8443")
r("https://cookie.example/", domain=".cookie.example", host="site.example:8443")
r("https://site.example/", domain=".cookie.example")
r("https://site.example/x", host="site.example:8443")
r("https://site.example:8443/x", host="site.example:8443")
run("http, no referer, no origin", field=M2)
run("http, foreign referer", field=M2, referer="http://evil.example/")
