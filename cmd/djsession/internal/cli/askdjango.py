# Printed by a project's own Python, for djsession settings import: what its sessions and users are, as one line of JSON behind a
# marker. It runs inside manage.py shell, on any Django from 1.11 and any Python from 2.7.
def ask_django():
    import importlib
    import json
    import sys
    import tempfile

    import django
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.contrib.sessions.backends.base import SessionBase
    from django.core.exceptions import ImproperlyConfigured
    from django.db import connections, router

    def text(value):
        if isinstance(value, bytes):
            return value.decode("utf-8")
        return type(u"")(value)

    def plain(options):
        return {key: value if isinstance(value, (type(u""), str, int)) else None for key, value in (options or {}).items()}

    def database(model):
        alias = router.db_for_write(model)  # a router may read from a replica
        found = dict(connections.databases[alias])
        return {
            "engine": text(found.get("ENGINE") or ""), "name": text(found.get("NAME") or ""), "user": text(found.get("USER") or ""),
            "password": text(found.get("PASSWORD") or ""), "host": text(found.get("HOST") or ""), "port": text(found.get("PORT") or ""),
            "time_zone": text(found.get("TIME_ZONE") or ""),
            "options": plain(found.get("OPTIONS")),
        }

    def function(method):
        return getattr(method, "__func__", method)

    SessionStore = importlib.import_module(settings.SESSION_ENGINE).SessionStore
    qualname = getattr(SessionStore, "__qualname__", SessionStore.__name__)
    answer = {
        "django": django.get_version(),
        "python": sys.version_info[0],
        "engine": text(settings.SESSION_ENGINE),
        "serializer": text(settings.SESSION_SERIALIZER),
        "cookie_name": text(settings.SESSION_COOKIE_NAME),
        "cookie_age": int(settings.SESSION_COOKIE_AGE),
        "store_name": SessionStore.__name__,
        "store_qualname": qualname,
        "custom_keys": function(SessionStore._get_new_session_key) is not function(SessionBase._get_new_session_key),
        "salt": getattr(SessionStore(), "key_salt", "") if django.VERSION >= (3, 1) else "",
        "hashing": getattr(settings, "DEFAULT_HASHING_ALGORITHM", ""),
        "secret_key": text(settings.SECRET_KEY),
        "fallbacks": [text(key) for key in getattr(settings, "SECRET_KEY_FALLBACKS", [])],
        "use_tz": bool(settings.USE_TZ),
        "time_zone": text(settings.TIME_ZONE or ""),
        "backends": [text(backend) for backend in settings.AUTHENTICATION_BACKENDS],
        "cache_alias": text(settings.SESSION_CACHE_ALIAS),
        "file_path": text(settings.SESSION_FILE_PATH or tempfile.gettempdir()),
    }
    get_model = getattr(SessionStore, "get_model_class", None)
    if get_model is not None:
        model = get_model()
        answer["table"] = model._meta.db_table
        answer["database"] = database(model)
    try:
        User = get_user_model()
    except ImproperlyConfigured:  # a site without users
        User = None
    if User is not None:
        answer["users"] = {
            "model": settings.AUTH_USER_MODEL,
            "table": User._meta.db_table,
            "pk": User._meta.pk.get_internal_type(),
            "database": database(User),
            "username": User.USERNAME_FIELD,
            "columns": {field.name: field.column for field in User._meta.concrete_fields},
            "pk_column": User._meta.pk.column,
        }

    def extends(name):
        return issubclass(SessionStore, importlib.import_module("django.contrib.sessions.backends." + name).SessionStore)

    cache = settings.CACHES.get(settings.SESSION_CACHE_ALIAS) or {}
    location = cache.get("LOCATION") or []
    answer["cache"] = {
        "kind": "cached_db" if extends("cached_db") else "cache" if extends("cache") else "",
        "backend": text(cache.get("BACKEND") or ""),
        "locations": [text(l) for l in (location if isinstance(location, (list, tuple)) else [location])],
        "prefix": text(cache.get("KEY_PREFIX") or ""),
        "version": cache.get("VERSION") or 1,
        "key_function": bool(cache.get("KEY_FUNCTION")),
        "store_prefix": text(getattr(SessionStore, "cache_key_prefix", "")),
        "options": plain(cache.get("OPTIONS")),
    }
    if answer["cache"]["kind"] and answer["cache"]["backend"].endswith(".DatabaseCache"):
        from django.core.cache import caches

        answer["cache"]["database"] = database(caches[settings.SESSION_CACHE_ALIAS].cache_model_class)
    sys.stdout.write("\ndjsession-settings:" + json.dumps(answer) + "\n")


ask_django()
