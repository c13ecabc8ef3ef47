"""Caches of sites' own."""
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.redis import RedisCache


class Own(BaseCache):
    def __init__(self, location, params):
        super().__init__(params)


class Measured(RedisCache):
    """As django-prometheus has it."""

    def get(self, *args, **kwargs):
        return super().get(*args, **kwargs)


def key(key, prefix, version):
    return "tenant:%s:%s:%s" % (prefix, version, key)
