# Serves one request as a WSGI server would: args has its method, target, headers and body; result is status, headers, body in base64.
import io

from django.core.handlers.wsgi import WSGIHandler

path, _, query = args["target"].partition("?")
body = base64.b64decode(args["body"])
environ = {"REQUEST_METHOD": str(args["method"]), "SCRIPT_NAME": "", "PATH_INFO": str(path), "QUERY_STRING": str(query), "SERVER_NAME": "localhost",
           "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "CONTENT_LENGTH": str(len(body)),
           "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr,
           "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False}
for name, value in args["headers"]:
    name = name.upper().replace("-", "_")
    environ[str(name if name == "CONTENT_TYPE" else "HTTP_" + name)] = str(value)
said = {}


def start_response(status, headers, exc_info=None):
    said.update(status=int(status.split()[0]), headers=[[name, value] for name, value in headers])


response = WSGIHandler()(environ, start_response)
said["body"] = base64.b64encode(b"".join(response)).decode("ascii")
response.close()
result = said
