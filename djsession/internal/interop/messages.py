# One request to a Django site with sessions and messages: args["ops"] are what its view does, in order. The result is what it has shown, and
# the cookies that it sets.
from django.contrib import messages
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.safestring import SafeData, mark_safe

shown = []


def view(request):
    for op in args["ops"]:
        if op["op"] == "show":
            for message in messages.get_messages(request):
                shown.append({"level": message.level, "text": u"%s" % message.message, "safe": isinstance(message.message, SafeData),
                              "tags": message.tags})
        else:
            text = mark_safe(op["text"]) if op["safe"] else op["text"]
            messages.add_message(request, op["level"], text, extra_tags=op["tags"])
    return HttpResponse("")


request = RequestFactory().get("/", HTTP_COOKIE=args["cookie"])
response = SessionMiddleware(MessageMiddleware(view))(request)
result = {"shown": shown, "set": [cookie.OutputString() for cookie in response.cookies.values()]}
