"""An API with every way to say who one is: its URLs, the tokens that it issues, and what it answers."""
import datetime
import json

import jwt
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import include, path
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.models import AuthToken
from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from rest_framework.authentication import SessionAuthentication, TokenAuthentication
from rest_framework.authtoken.models import Token
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken
from rest_framework_simplejwt.utils import get_md5_hash_password

User = get_user_model()


class Who(APIView):
    authentication_classes = [TokenAuthentication, KnoxAuthentication, JWTAuthentication, XSessionTokenAuthentication, SessionAuthentication]
    permission_classes = [IsAuthenticated]

    def get(self, request):
        return Response({"user": request.user.get_username()})

    post = get


urlpatterns = [path("", Who.as_view()), path("_allauth/", include("allauth.headless.urls"))]


def create():
    """alice and bob; carol is inactive and dave is gone, but had tokens before."""
    User.objects.create_user("alice", password="alice's")
    tokens = {}
    for name in ("bob", "carol", "dave"):
        user = User.objects.create_user(name, password=name + "'s")
        tokens[name] = {"drf": Token.objects.create(user=user).key, "knox": AuthToken.objects.create(user)[1],
                        "jwt": str(AccessToken.for_user(user)), "session": app_login(name)}
    User.objects.filter(username="carol").update(is_active=False)
    User.objects.get(username="dave").delete()
    return tokens


def app_login(name):
    """As an app logs in through allauth: it gets a token and no cookie."""
    response = Client().post("/_allauth/app/v1/auth/login", json.dumps({"username": name, "password": name + "'s"}),
                             content_type="application/json")
    return response.json()["meta"]["session_token"]


def browser_login(name):
    client = Client()
    client.force_login(User.objects.get(username=name), "django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


def knox_tokens(user):
    hour = datetime.timedelta(hours=1)
    return {"expired": AuthToken.objects.create(user, expiry=-hour)[1], "for ever": AuthToken.objects.create(user, expiry=None)[1],
            "prefixed": AuthToken.objects.create(user, prefix="shop_")[1]}


def jwts(user, key, now):
    """Tokens by a word for what is special about them."""
    good = {"token_type": "access", "exp": now + 60, "iat": now, "jti": "a1", "user_id": str(user.pk),
            "hash_password": get_md5_hash_password(user.password)}

    def made(key=key, algorithm="HS256", headers=None, without=(), **claims):
        return jwt.encode({name: value for name, value in {**good, **claims}.items() if name not in without}, key, algorithm, headers)

    return {
        "good": made(),
        "number for the user": made(user_id=user.pk),
        "boolean for the user": made(user_id=True),
        "fraction for the user": made(user_id=user.pk + 0.5),
        "no user": made(user_id=None),
        "user not named": made(without=["user_id"]),
        "text that is no user": made(user_id="x"),
        "list for the user": made(user_id=[user.pk]),
        "huge user": made(user_id="9" * 30),
        "refresh": str(RefreshToken.for_user(user)),
        "no type": made(without=["token_type"]),
        "no jti": made(without=["jti"]),
        "jti a number": made(jti=7),
        "no exp": made(without=["exp"]),
        "expired": made(exp=now - 1),
        "exp a fraction": made(exp=now + 60.5),
        "exp null": made(exp=None),
        "issued in the future": made(iat=now + 3600),
        "no iat": made(without=["iat"]),
        "iat as text": made(iat="x"),
        "not yet": made(nbf=now + 3600),
        "an audience": made(aud="them"),
        "an issuer": made(iss="them"),
        "alg none": made(key=None, algorithm="none"),
        "alg HS512": made(algorithm="HS512"),
        "another key": made(key="another key that is long enough to sign"),
        "a kid": made(headers={"kid": "1"}),
        "old password": made(hash_password=get_md5_hash_password("old")),
        "no password": made(without=["hash_password"]),
        "password as a list": made(hash_password=[]),
    }


def ask(requests):
    """What the site answers to each of them: a status, and the user's name."""
    answers = []
    for request in requests:
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        for name, value in request["cookies"].items():
            client.cookies[name] = value
        headers = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in request["headers"].items()}
        response = client.generic(request["method"], "/", **headers)
        user = json.loads(response.content)["user"] if response.status_code == 200 else ""
        answers.append({"status": response.status_code, "user": user})
    return answers


def rsa_tokens(user, private, public):
    """Tokens under RS256, with what simplejwt's own backend says of them: the user's id, or that it refuses."""
    class Access(AccessToken):
        token_backend = TokenBackend("RS256", private, public)

    good = Access.for_user(user)
    signed = str(good)
    head, payload, _ = signed.split(".")
    made = {"good": signed, "no signature": ".".join([head, payload, ""]), "HS256": str(AccessToken.for_user(user)),
            "alg none": jwt.encode(good.payload, None, "none"), "RS512": jwt.encode(good.payload, private, "RS512")}
    judged = {}
    for name, token in made.items():
        try:
            judged[name] = {"token": token, "user": Access(token)["user_id"]}
        except Exception as err:
            judged[name] = {"token": token, "user": ""}
    return judged
