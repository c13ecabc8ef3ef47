"""Modules with a SessionStore each, as SESSION_ENGINE names them."""
import sys
import types

from django.contrib.sessions.backends.cached_db import SessionStore as CachedStore
from django.contrib.sessions.backends.db import SessionStore as DBStore


def engine(name):
    """Has a class be the SessionStore of zoo_NAME, under the name that Django's have."""
    def install(cls):
        module = types.ModuleType("zoo_" + name)
        module.SessionStore = cls
        cls.__name__ = "SessionStore"
        cls.__qualname__ = "SessionStore"
        cls.__module__ = module.__name__
        sys.modules[module.__name__] = module
        return cls
    return install


@engine("encode")
class Prefixed(DBStore):
    def encode(self, session_dict):
        text = super(Prefixed, self).encode(session_dict)
        return "v1$" + (text.decode("ascii") if isinstance(text, bytes) else text)

    def decode(self, session_data):
        return super(Prefixed, self).decode(session_data[3:])


@engine("salt")
class Salted(DBStore):
    key_salt = "mine"


@engine("keys")
class EuropeanKeys(DBStore):
    def _get_new_session_key(self):
        return "eu1-" + super(EuropeanKeys, self)._get_new_session_key()[:30]


@engine("cached")
class Cached(CachedStore):
    def delete(self, session_key=None):
        super(Cached, self).delete(session_key)


@engine("columns")
class Columns(DBStore):
    @classmethod
    def get_model_class(cls):
        from zoo.models import OwnSession
        return OwnSession

    def create_model_instance(self, data):
        session = super(Columns, self).create_model_instance(data)
        session.account_id, session.device = data.get("_auth_user_id"), "web"
        return session
