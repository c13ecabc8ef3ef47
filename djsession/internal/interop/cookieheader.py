# Which session Django's requests see in Cookie headers, given as bytes: under WSGI and under ASGI.
import io

from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.wsgi import WSGIRequest


def wsgi(header):
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "wsgi.input": io.BytesIO(b""), "HTTP_COOKIE": header.decode("latin-1")}
    return WSGIRequest(environ)


def asgi(header):
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [(b"cookie", header)]}
    return ASGIRequest(scope, io.BytesIO(b""))


def session(request):
    value = request.COOKIES.get(args["name"])
    return value if value in args["keys"] else ""


headers = [b64(text) for text in args["headers"]]
result = [[session(wsgi(header)), session(asgi(header))] for header in headers]
