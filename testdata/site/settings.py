"""Settings of the smallest Django site with users and sessions. They serve Django 1.11 to 6.1. DJSESSION_DATABASE names another
database: a file of SQLite, or an entry of DATABASES in JSON. DJSESSION_DEBUG=0 turns DEBUG off."""
import io
import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))
TESTDATA = os.path.dirname(HERE)


def lines(name):
    with io.open(os.path.join(TESTDATA, name), encoding="utf-8") as file:
        return file.read().split("\n")[:-1]


SECRET_KEY = lines("secret_key")[0]
SECRET_KEY_FALLBACKS = lines("secret_key_fallbacks")
DEBUG = os.environ.get("DJSESSION_DEBUG") != "0"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "urls"
STATIC_URL = "/static/"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = os.environ.get("DJSESSION_MAILS", os.path.join(HERE, "mails"))  # of links that reset a password

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [os.path.join(HERE, "templates")],
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]},
}]


def database():
    name = os.environ.get("DJSESSION_DATABASE", os.path.join(TESTDATA, "db.sqlite3"))
    return json.loads(name) if name.startswith("{") else {"ENGINE": "django.db.backends.sqlite3", "NAME": name}


DATABASES = {"default": database()}
