# What CsrfViewMiddleware says to each of args["requests"]; result is a list of reasons, "" for those that pass, None for an exception.
from django.middleware.csrf import CsrfViewMiddleware
from django.test import RequestFactory


def reason(method, host, secure, body, headers):
    meta = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items()}
    request = RequestFactory().generic(method, "/", data=body, content_type="application/x-www-form-urlencoded", secure=secure,
                                       HTTP_HOST=host, SERVER_PORT=host.rpartition(":")[2] if ":" in host else "443" if secure else "80", **meta)
    request.csrf_processing_done = request._dont_enforce_csrf_checks = False
    said = []
    middleware = CsrfViewMiddleware(lambda request: None)
    middleware._reject = lambda request, reason: said.append(reason)
    try:
        middleware.process_request(request)
        middleware.process_view(request, lambda request: None, (), {})
    except ValueError:
        return None
    return said[0] if said else ""


result = [reason(**r) for r in args["requests"]]
