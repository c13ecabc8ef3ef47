# What Django signs, as cookies and otherwise, and what it says of what Go has signed. A cookie crosses as its header.
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.cookie import parse_cookie


def unsigned(row):
    request = HttpRequest()
    request.COOKIES = parse_cookie(row["cookie"])
    kwargs = {} if row["max_age"] is None else {"max_age": row["max_age"]}
    try:
        return request.get_signed_cookie(row["name"], salt=row["salt"], **kwargs)
    except signing.BadSignature as error:
        return "!" + type(error).__name__


def signed(row):
    response = HttpResponse()
    response.set_signed_cookie(row["name"], row["value"], salt=row["salt"])
    return response.cookies[row["name"]].OutputString().split("; Path=")[0]


def objects():
    found = {}
    for algorithm in ("sha1", "sha256", "sha384", "sha512"):
        signer = signing.Signer(algorithm=algorithm)
        theirs = args["algorithms"][algorithm]
        found[algorithm] = [signer.sign("text"), signer.unsign(theirs[0]), signer.sign_object({"a": [1.0, u"\u20ac"]}),
                            signer.unsign_object(theirs[1])]
    return found


result = {"unsigned": [unsigned(row) for row in args["rows"]], "signed": [signed(row) for row in args["rows"]],
          "objects": objects() if args["algorithms"] else None}
