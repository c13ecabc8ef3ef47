# Printed by a project's own Python, for djsession settings import: what its
# sessions and users are, as one line of JSON behind a marker. It runs inside
# manage.py shell, on any Django from 1.11 and any Python from 2.7. It asks no
# database.
def ask_django():
    import base64
    import importlib
    import json
    import sys
    import tempfile

    import django
    from django.apps import apps
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.sessions.backends.base import SessionBase
    from django.core.exceptions import ImproperlyConfigured
    from django.db import connections, models, router
    from django.utils.encoding import force_bytes
    from django.utils.module_loading import import_string

    failed = {}  # what could not be found out, by what it is, and why

    def attempt(name, find):
        try:
            return find()
        except Exception as error:  # of the site's code: the rest of the answer is good
            failed[name] = "%s: %s" % (type(error).__name__, error)

    def text(value):
        if isinstance(value, bytes):
            return value.decode("utf-8", "replace")
        return type(u"")(value)

    def dotted(thing):
        return "%s.%s" % (thing.__module__, getattr(thing, "__qualname__", thing.__name__))

    def plain(value):
        """A value of OPTIONS as JSON has it: null for what it has not."""
        if value is None or isinstance(value, (bool, int, float, type(u""), str)):
            return value
        if isinstance(value, dict):
            return {text(key): plain(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [plain(item) for item in value]
        if isinstance(value, bytes):
            return text(value)
        return dotted(value) if isinstance(value, type) or callable(value) and hasattr(value, "__name__") else None

    def function(method):
        return getattr(method, "__func__", method)

    def definer(cls, name):
        """The class that a method is written in."""
        for base in cls.__mro__:
            if name in vars(base):
                return base

    def foreign(cls, name, known):
        """Whether a method is written outside of some packages."""
        base = definer(cls, name)
        return base is not None and base is not object and not base.__module__.startswith(known)

    def database(model):
        alias = router.db_for_write(model)  # a router may read from a replica
        found = dict(connections.databases[alias])
        return {
            "engine": text(found.get("ENGINE") or ""), "vendor": text(connections[alias].vendor),
            "name": text(found.get("NAME") or ""), "user": text(found.get("USER") or ""),
            "password": text(found.get("PASSWORD") or ""),
            "host": text(found.get("HOST") or ""), "port": text(found.get("PORT") or ""),
            "time_zone": text(found.get("TIME_ZONE") or ""),
            "options": plain(found.get("OPTIONS") or {}),
        }

    def keys(answer):
        """The secret keys: as text, or in base64 where they are no text or hold line breaks."""
        main = force_bytes(settings.SECRET_KEY)
        older = [force_bytes(key) for key in getattr(settings, "SECRET_KEY_FALLBACKS", [])]

        def encoded(key):
            return base64.b64encode(key).decode("ascii")

        def is_line(key):
            try:
                key.decode("utf-8")
            except UnicodeDecodeError:
                return False
            return b"\n" not in key and b"\r" not in key

        try:
            answer["secret_key"] = main.decode("utf-8")
        except UnicodeDecodeError:
            answer["secret_key_base64"] = encoded(main)
        if all(is_line(key) for key in older):
            answer["fallbacks"] = [key.decode("utf-8") for key in older]
        else:
            answer["fallbacks_base64"] = [encoded(key) for key in older]

    SESSIONS = ("django.", "user_sessions.", "qsessions.", "redis_sessions.")
    engine = importlib.import_module(settings.SESSION_ENGINE)
    SessionStore = engine.SessionStore
    qualname = getattr(SessionStore, "__qualname__", SessionStore.__name__)

    def extends():
        """The engine that the SessionStore is, or is made from."""
        for base in SessionStore.__mro__:
            if base.__module__.startswith(SESSIONS) and base is not SessionBase and issubclass(base, SessionBase):
                return base.__module__
        return ""

    answer = {
        "django": django.get_version(),
        "python": sys.version_info[0],
        "engine": text(settings.SESSION_ENGINE),
        "extends": extends(),
        "own_methods": [
            name for name in (
                "encode", "decode", "load", "save", "create", "exists", "delete", "create_model_instance",
                "get_expiry_age", "get_expiry_date", "get_session_cookie_age",
            ) if foreign(SessionStore, name, SESSIONS)
        ],
        "serializer": text(settings.SESSION_SERIALIZER),
        "cookie_name": text(settings.SESSION_COOKIE_NAME),
        "cookie_age": int(settings.SESSION_COOKIE_AGE),
        "store_name": SessionStore.__name__,
        "store_qualname": qualname,
        "custom_keys": function(SessionStore._get_new_session_key) is not function(SessionBase._get_new_session_key),
        "salt": getattr(SessionStore(), "key_salt", "") if django.VERSION >= (3, 1) else "",
        "hashing": getattr(settings, "DEFAULT_HASHING_ALGORITHM", ""),
        "use_tz": bool(settings.USE_TZ),
        "time_zone": text(settings.TIME_ZONE or ""),
        "backends": [text(backend) for backend in settings.AUTHENTICATION_BACKENDS],
        "apps": [text(app.name) for app in apps.get_app_configs()],
        "cache_alias": text(settings.SESSION_CACHE_ALIAS),
        "file_path": text(settings.SESSION_FILE_PATH or tempfile.gettempdir()),
        "failed": failed,
    }
    keys(answer)
    # A setting that this Django does not have is left out: false is a value, of SAMESITE for example.
    answer["cookies"] = {
        name.lower(): plain(getattr(settings, name)) for name in (
            "SESSION_COOKIE_DOMAIN", "SESSION_COOKIE_PATH", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY",
            "SESSION_COOKIE_SAMESITE", "SESSION_SAVE_EVERY_REQUEST", "SESSION_EXPIRE_AT_BROWSER_CLOSE",
            "CSRF_COOKIE_NAME", "CSRF_COOKIE_AGE", "CSRF_COOKIE_DOMAIN", "CSRF_COOKIE_PATH", "CSRF_COOKIE_SECURE",
            "CSRF_COOKIE_HTTPONLY", "CSRF_COOKIE_SAMESITE", "CSRF_USE_SESSIONS", "CSRF_HEADER_NAME",
            "CSRF_TRUSTED_ORIGINS", "MESSAGE_STORAGE",
        ) if hasattr(settings, name)
    }

    def references(model, below, found, seen):
        """Foreign keys whose rows Django looks after when a row of the model is deleted, as session_references has them."""
        seen.append(model)
        for rel in model._meta.get_fields(include_hidden=True):
            if not rel.auto_created or rel.concrete or not (rel.one_to_one or rel.one_to_many) or rel.on_delete is models.DO_NOTHING:
                continue
            child, to = rel.related_model, rel.field.target_field
            if child._meta.proxy or (not below and to.name != "session_key"):
                continue
            line = "%s.%s" % (child._meta.db_table, rel.field.column)
            if below:
                line += " -> %s.%s" % (below, to.column)
            found.append("%s: %s" % (line, getattr(rel.on_delete, "__name__", "?").lower()))
            if rel.on_delete is models.CASCADE and child not in seen:
                references(child, child._meta.db_table, found, seen)

    def session_model():
        if hasattr(SessionStore, "get_model_class"):
            return SessionStore.get_model_class()
        for base in SessionStore.__mro__:  # django-user-sessions imports its model where its SessionStore is
            model = getattr(sys.modules.get(base.__module__), "Session", None)
            if isinstance(model, type) and issubclass(model, models.Model):
                return model

    model = session_model()
    if model is not None:
        answer["table"] = model._meta.db_table
        answer["database"] = database(model)
        answer["references"] = []
        references(model, "", answer["references"], [])

    def middleware():
        """Classes of the site's own that stand where Django's do, and some that say more of who a user is."""
        from django.contrib.auth.middleware import AuthenticationMiddleware
        from django.contrib.sessions.middleware import SessionMiddleware

        names = list(getattr(settings, "MIDDLEWARE", None) or getattr(settings, "MIDDLEWARE_CLASSES", None) or [])
        own, others = {}, []
        for name in names:
            found = attempt("MIDDLEWARE " + name, lambda: import_string(name))
            for kind, standard, methods in (
                ("session", SessionMiddleware, ("process_request", "process_response", "__call__", "__acall__")),
                ("authentication", AuthenticationMiddleware, ("process_request", "__call__", "__acall__")),
            ):
                same = getattr(found, "__name__", "") == standard.__name__
                if isinstance(found, type) and (same or issubclass(found, standard)):
                    own.setdefault(kind, "")
                    replaced = not issubclass(found, standard) and not found.__module__.startswith(SESSIONS)
                    if replaced or any(foreign(found, method, SESSIONS) for method in methods):
                        own[kind] = text(name)
            others.append(text(name))
        return own, others

    answer["own_middleware"], answer["middleware"] = attempt("MIDDLEWARE", middleware) or ({}, [])

    def root(pk):
        """The field that a primary key, which may be a relation, comes down to."""
        while getattr(pk, "remote_field", None) is not None:
            pk = pk.target_field
        return pk

    def literal(value):
        if value is None:
            return "NULL"
        if value is True or value is False:
            return "true" if value else "false"
        if isinstance(value, int):
            return str(value)
        value = text(value) if isinstance(value, (type(u""), str)) else None
        if value is None or any(c in value for c in u"?\\\x00"):
            raise ValueError("a value in it cannot be written down")
        return "'%s'" % value.replace("'", "''")

    def condition(User):
        """The WHERE clause of the manager that finds users, or "". An exception says why it cannot be one."""
        query = User._default_manager.all().query
        connection = connections[router.db_for_read(User)]
        compiler = query.get_compiler(connection=connection)
        compiler.as_sql()
        tables = set(parent._meta.db_table for parent in User._meta.get_parent_list()) | {User._meta.db_table}
        used = [table.table_name for alias, table in query.alias_map.items() if query.alias_refcount.get(alias)]
        if query.where and (set(used) - tables or len(used) != len(set(used))) or query.distinct or query.combinator:
            raise ValueError("it asks other tables too")
        if not query.where:
            return ""
        sql, params = compiler.compile(query.where)
        if connection.vendor == "sqlite":
            params = [int(value) if isinstance(value, bool) else value for value in params]
        parts = sql.split("%s")
        if len(parts) != len(params) + 1 or any("?" in part for part in parts):
            raise ValueError("its SQL cannot be written down")
        sql = parts[0] + "".join(literal(value) + part for value, part in zip(params, parts[1:]))
        return sql.replace("%%", "%")

    def auth_hash(User):
        """django, none for a model without the method, or own."""
        if not hasattr(User, "get_session_auth_hash"):
            return "none"
        for name in ("get_session_auth_hash", "_get_session_auth_hash", "get_session_auth_fallback_hash"):
            if function(getattr(User, name, None)) is not function(getattr(AbstractBaseUser, name, None)):
                return "own"
        return "django"

    def active(User, fields):
        """django, always, never, or own."""
        field = fields.get("is_active")
        if field is not None:
            return "django" if field.get_internal_type() in ("BooleanField", "NullBooleanField") else "own"
        value = getattr(User, "is_active", None)
        if isinstance(value, bool):
            return "always" if value else "never"
        # Django takes a user without the attribute for an active one.
        return "always" if value is None and not hasattr(User, "is_active") else "own"

    def login(name):
        """How a backend finds a session's user: django, inactive (without asking for is_active), never, or own."""
        from django.contrib.auth import backends

        found = import_string(name)
        get_user = function(getattr(found, "get_user", None))
        base = getattr(backends, "BaseBackend", None)
        if get_user is None or base is not None and get_user is function(base.get_user):
            return "never"
        if get_user is function(backends.ModelBackend.get_user):
            can = function(found.user_can_authenticate)
            if can is function(backends.ModelBackend.user_can_authenticate):
                return "django"
            names = ("AllowAllUsersModelBackend", "AllowAllUsersRemoteUserBackend")
            alike = [getattr(backends, other, None) for other in names]
            if any(other and can is function(other.user_can_authenticate) for other in alike):
                return "inactive"
            return "own"
        return "inactive" if looks_up(get_user) else "own"

    def looks_up(get_user):
        """Whether a get_user does nothing but look for the id: it then names nothing but these."""
        lookup = {
            "User", "UserModel", "get_user_model", "objects", "_default_manager", "all", "get", "filter", "first",
            "DoesNotExist", "pk", "id", "select_related", "prefetch_related", "None",
        }
        code = getattr(get_user, "__code__", None)
        model = get_user_model()
        lookup.add(model.__name__)
        names = set(code.co_names) if code is not None else set()
        if not names <= lookup or code.co_freevars or code.co_argcount != 2 or "objects" not in names:
            return False
        # The names of arguments, such as is_active=True, are constants: tuples of them, or texts in Python 2.
        related = sys.version_info[0] > 2 and names & {"select_related", "prefetch_related"}
        for constant in code.co_consts:
            if isinstance(constant, tuple) and not set(constant) <= {"pk", "id"}:
                return False
            if isinstance(constant, str) and constant not in ("pk", "id", get_user.__doc__) and not related:
                return False
        return type(model.objects) is type(model._default_manager)

    def converted(field):
        """Whether what a column holds is other than what the site sees."""
        return hasattr(field, "from_db_value") and not type(field).__module__.startswith("django.db.models")

    def own_ids(User):
        pk, target = User._meta.pk, root(User._meta.pk)
        if converted(target):
            return True
        sample = {"UUIDField": "5f0c5a1e-3c1b-4a53-9d2e-0123456789ab"}.get(target.get_internal_type(), "7")
        user = User()
        setattr(user, pk.attname, target.to_python(sample))
        return pk.value_to_string(user) != sample

    def users():
        try:
            User = get_user_model()
        except ImproperlyConfigured:  # a site without users
            return None
        fields = {field.name: field for field in User._meta.concrete_fields}
        target = root(User._meta.pk)
        parents = []
        for field in User._meta.concrete_fields:
            owner = field.model
            if owner._meta.concrete_model is not User._meta.concrete_model and owner not in parents:
                parents.append(owner)

        def link(parent):
            """The column of the users' table that holds the key of a parent, or ""."""
            first = field = User._meta.concrete_model._meta.get_ancestor_link(parent)
            while field is not None and field.remote_field.model is not parent:
                field = field.remote_field.model._meta.get_ancestor_link(parent)
                if field is not None and not field.primary_key:
                    field = None
            found = first is not None and field is not None
            return {
                "table": parent._meta.db_table, "pk_column": parent._meta.pk.column, "link": first.column if found else "",
            }

        found = {
            "model": settings.AUTH_USER_MODEL,
            "table": User._meta.db_table,
            "pk": target.get_internal_type(),
            "database": database(User),
            "username": User.USERNAME_FIELD,
            "columns": {field.name: field.column for field in fields.values()},
            "tables": {field.name: field.model._meta.db_table for field in fields.values()},
            "parents": [link(parent) for parent in parents],
            "pk_column": User._meta.pk.column,
            "auth_hash": auth_hash(User),
            "active": active(User, fields),
            "own_ids": bool(attempt("users_ids", lambda: own_ids(User))),
            "converted": sorted(
                name for name in {"password", "is_active", User.USERNAME_FIELD} if name in fields and converted(fields[name])
            ),
            "logins": {
                text(name): attempt("AUTHENTICATION_BACKENDS " + text(name), lambda: login(name)) or "own"
                for name in settings.AUTHENTICATION_BACKENDS
            },
        }
        try:
            found["where"] = condition(User)
        except Exception as error:
            found["where_failed"] = "%s" % error
        return found

    people = users()
    if people is not None:
        answer["users"] = people

    def made_from(name):
        standard = importlib.import_module("django.contrib.sessions.backends." + name)
        return issubclass(SessionStore, standard.SessionStore)

    cache = settings.CACHES.get(settings.SESSION_CACHE_ALIAS) or {}
    location = cache.get("LOCATION") or []

    def cache_classes():
        found = import_string(cache["BACKEND"])
        return [dotted(base) for base in found.__mro__]

    answer["cache"] = {
        "kind": "cached_db" if made_from("cached_db") else "cache" if made_from("cache") else "",
        "backend": text(cache.get("BACKEND") or ""),
        "locations": [text(l) for l in (location if isinstance(location, (list, tuple)) else [location])],
        "prefix": text(cache.get("KEY_PREFIX") or ""),
        "version": cache.get("VERSION") or 1,
        "key_function": text(plain(cache.get("KEY_FUNCTION")) or ""),
        "store_prefix": text(getattr(SessionStore, "cache_key_prefix", "")),
        "options": plain(cache.get("OPTIONS") or {}),
    }
    if answer["cache"]["kind"]:
        answer["cache"]["classes"] = attempt("CACHES", cache_classes) or []
        if any(name.endswith(".db.DatabaseCache") for name in answer["cache"]["classes"]):
            from django.core.cache import caches

            answer["cache"]["database"] = database(caches[settings.SESSION_CACHE_ALIAS].cache_model_class)
    if answer["extends"] == "redis_sessions.session":
        known = importlib.import_module("redis_sessions.settings")
        answer["redis_sessions"] = {
            name[len("SESSION_REDIS_"):].lower(): plain(getattr(known, name)) for name in dir(known)
            if name.startswith("SESSION_REDIS_") and name != "SESSION_REDIS_CONNECTION_OBJECT"
        }
        answer["redis_sessions"]["connection_object"] = known.SESSION_REDIS_CONNECTION_OBJECT is not None
    sys.stdout.write("\ndjsession-settings:" + json.dumps(answer) + "\n")


ask_django()
